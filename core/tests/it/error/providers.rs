//! Errors in the words of each provider.

use requesty_core::ErrorKind::{self, *};

use super::failures;
use super::table::reply;

/// What providers send, as their documentation and reports of their users show it: status, body, kind.
const SENT: &[(&str, u16, &str, ErrorKind)] = &[
    (
        "OpenAI",
        400,
        r#"{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 9005 tokens. Please reduce the length of the messages.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
        ContextLength,
    ),
    (
        "OpenAI",
        400,
        r#"{"error":{"message":"Your input exceeds the context window of this model. Please adjust your input and try again.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}"#,
        ContextLength,
    ),
    (
        "OpenAI",
        401,
        r#"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
        Unauthorized,
    ),
    (
        "OpenAI",
        429,
        r#"{"error":{"message":"Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
        RateLimited,
    ),
    (
        "OpenAI",
        429,
        r#"{"error":{"message":"Rate limit reached for gpt-4o in organization org-1 on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#,
        QuotaExceeded,
    ),
    (
        "OpenAI",
        429,
        r#"{"error":{"message":"Request too large for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Requested 42000. The input or output tokens must be reduced in order to run successfully.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}"#,
        PayloadTooLarge,
    ),
    (
        "OpenAI",
        429,
        r#"{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
        QuotaExceeded,
    ),
    ("OpenAI", 429, r#"{"error":{"message":"Slow down","type":"rate_limit_error","code":"slow_down"}}"#, RateLimited),
    (
        "OpenAI",
        503,
        r#"{"error":{"message":"Selected model is at capacity.","type":"service_unavailable_error","code":"server_is_overloaded"}}"#,
        Unavailable,
    ),
    (
        "OpenAI",
        400,
        r#"{"error":{"message":"Your request was rejected as a result of our safety system.","type":"image_generation_user_error","param":null,"code":"moderation_blocked"}}"#,
        ContentPolicy,
    ),
    (
        "Anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 215000 tokens > 200000 maximum"}}"#,
        ContextLength,
    ),
    (
        "Anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits."}}"#,
        InsufficientBalance,
    ),
    (
        "Anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}}"#,
        SpendLimit,
    ),
    (
        "Anthropic",
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#,
        ContentPolicy,
    ),
    (
        "Anthropic",
        413,
        r#"{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}"#,
        PayloadTooLarge,
    ),
    (
        "Anthropic",
        429,
        r#"{"type":"error","error":{"type":"rate_limit_error","message":"Number of request tokens has exceeded your per-minute rate limit"}}"#,
        RateLimited,
    ),
    ("Anthropic", 500, r#"{"type":"error","error":{"type":"api_error","message":"Internal server error"}}"#, Server),
    ("Anthropic", 529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, Overloaded),
    (
        "Gemini",
        400,
        r#"[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]"#,
        ContextLength,
    ),
    (
        "Gemini",
        429,
        r#"{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}"#,
        RateLimited,
    ),
    (
        "Gemini",
        429,
        r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier","quotaValue":"250"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"39.4s"}]}}"#,
        QuotaExceeded,
    ),
    (
        "Gemini",
        429,
        r#"{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]}]}}"#,
        RateLimited,
    ),
    (
        "Gemini",
        503,
        r#"{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}"#,
        Unavailable,
    ),
    (
        "Bedrock",
        400,
        r#"{"message":"Input is too long for requested model.","__type":"ValidationException"}"#,
        ContextLength,
    ),
    (
        "Bedrock",
        429,
        r#"{"message":"Too many requests, please wait before trying again.","__type":"ThrottlingException"}"#,
        RateLimited,
    ),
    (
        "Bedrock",
        429,
        r#"{"message":"Too many tokens per day, please wait before trying again.","__type":"ThrottlingException"}"#,
        QuotaExceeded,
    ),
    (
        "Bedrock",
        503,
        r#"{"message":"Bedrock is unable to process your request.","__type":"ServiceUnavailableException"}"#,
        Unavailable,
    ),
    (
        "Azure",
        400,
        r#"{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#,
        ContentPolicy,
    ),
    (
        "Azure",
        429,
        r#"{"error":{"code":"429","message":"Requests to the ChatCompletions_Create Operation have exceeded call rate limit of your current pricing tier. Please retry after 26 seconds."}}"#,
        RateLimited,
    ),
    (
        "Mistral",
        400,
        r#"{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_prompt","param":null,"code":"3051"}"#,
        ContextLength,
    ),
    (
        "Mistral",
        429,
        r#"{"object":"error","message":"Rate limit exceeded","type":"rate_limited","param":null,"code":"1300"}"#,
        RateLimited,
    ),
    (
        "Groq",
        413,
        r#"{"error":{"message":"Request too large for model on tokens per minute (TPM): Limit 6000, Requested 8000, please reduce your message size and try again.","type":"tokens","code":"rate_limit_exceeded"}}"#,
        PayloadTooLarge,
    ),
    (
        "Groq",
        429,
        r#"{"error":{"message":"Rate limit reached for model on tokens per day (TPD): Limit 100000, Used 99000, Requested 2000. Please try again in 14m24s.","type":"tokens","code":"rate_limit_exceeded"}}"#,
        QuotaExceeded,
    ),
    (
        "Groq",
        429,
        r#"{"error":{"message":"Rate limit reached for model on tokens per minute (TPM): Limit 6000, Used 5000, Requested 2000. Please try again in 6.379s.","type":"tokens","code":"rate_limit_exceeded"}}"#,
        RateLimited,
    ),
    (
        "xAI",
        400,
        r#"{"code":"Client specified an invalid argument","error":"This model's maximum prompt length is 131072 but the request contains 200000 tokens."}"#,
        ContextLength,
    ),
    (
        "xAI",
        429,
        r#"{"code":"Some resource has been exhausted","error":"Your team has either used all available credits or reached its monthly spending limit."}"#,
        InsufficientBalance,
    ),
    (
        "DeepSeek",
        400,
        r#"{"error":{"message":"This model's maximum context length is 65536 tokens. However, you requested 70000 tokens.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}"#,
        ContextLength,
    ),
    (
        "DeepSeek",
        402,
        r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#,
        InsufficientBalance,
    ),
    (
        "Cohere",
        400,
        r#"{"message":"too many tokens: total tokens in the prompt exceed the limit of 128000"}"#,
        ContextLength,
    ),
    (
        "Cohere",
        429,
        r#"{"message":"You are using a Trial key, which is limited to 1000 API calls / month."}"#,
        QuotaExceeded,
    ),
    (
        "Together",
        422,
        r#"{"error":{"message":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097.","type":"invalid_request_error","param":null,"code":null}}"#,
        ContextLength,
    ),
    (
        "Together",
        429,
        r#"{"error":{"message":"You have reached the rate limit specific to this model","type":"model_rate_limit","param":null,"code":null}}"#,
        RateLimited,
    ),
    (
        "OpenRouter",
        402,
        r#"{"error":{"message":"Insufficient credits. Add more using https://openrouter.ai/settings/credits","code":402}}"#,
        InsufficientBalance,
    ),
    (
        "OpenRouter",
        429,
        r#"{"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day","code":429}}"#,
        QuotaExceeded,
    ),
    (
        "OpenRouter",
        400,
        r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"prompt is too long: 215000 tokens > 200000 maximum\"}}","provider_name":"Anthropic"}}}"#,
        ContextLength,
    ),
    (
        "vLLM",
        400,
        r#"{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion).","type":"BadRequestError","param":null,"code":400}"#,
        ContextLength,
    ),
    (
        "llama.cpp",
        400,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}}"#,
        ContextLength,
    ),
    (
        "llama.cpp",
        400,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size","type":"invalid_request_error"}}"#,
        ContextLength,
    ),
    ("llama.cpp", 503, r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#, Unavailable),
    (
        "SGLang",
        400,
        r#"{"object":"error","message":"The input (9000 tokens) is longer than the model's context length (8192 tokens).","type":"BadRequestError","param":null,"code":400}"#,
        ContextLength,
    ),
    ("Ollama", 400, r#"{"error":"prompt too long; exceeded max context length by 12 tokens"}"#, ContextLength),
    (
        "Ollama",
        404,
        r#"{"error":{"message":"model \"x\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#,
        NotFound,
    ),
    (
        "Cerebras",
        400,
        r#"{"message":"Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}"#,
        ContextLength,
    ),
    (
        "Cerebras",
        429,
        r#"{"message":"Tokens per minute limit exceeded - too many tokens processed.","type":"too_many_tokens_error","param":"quota","code":"token_quota_exceeded"}"#,
        RateLimited,
    ),
    (
        "Cerebras",
        429,
        r#"{"message":"Tokens per day limit exceeded - too many tokens processed.","type":"too_many_tokens_error","param":"quota","code":"token_quota_exceeded"}"#,
        QuotaExceeded,
    ),
    (
        "Fireworks",
        400,
        r#"{"error":{"object":"error","type":"invalid_request_error","message":"The prompt is too long: 140000, model maximum context length: 131071"}}"#,
        ContextLength,
    ),
    (
        "Fireworks",
        412,
        r#"{"error":{"message":"Account is suspended, possibly due to reaching the monthly spending limit"}}"#,
        SpendLimit,
    ),
    (
        "Requesty",
        402,
        r#"{"error":{"origin":"router","message":"Insufficient balance, top up at: https://app.requesty.ai/settings"}}"#,
        InsufficientBalance,
    ),
    (
        "Requesty",
        412,
        r#"{"error":{"origin":"router","message":"Reached monthly spend limit for API key"}}"#,
        SpendLimit,
    ),
    ("Requesty", 424, r#"{"error":{"origin":"router","message":"Provider response missing usage"}}"#, ProviderResponse),
    ("Requesty", 502, r#"{"error":{"origin":"provider","message":"Provider is down: Bad Gateway"}}"#, Unavailable),
];

#[test]
fn each_provider_is_understood() {
    for (provider, status, body, kind) in SENT {
        let error = reply(*status, body);
        assert_eq!(error.kind(), Some(*kind), "{provider} {status} {body}");
        assert_eq!(error.is_retryable(), failures::RETRIED.contains(kind), "{provider} {status} {body}");
    }
}
