//! The one table of failures: the kind of each status, name and wording, and which kinds are tried again.
//!
//! `docs/errors.md` is printed from it, and a test compares the two.
//!
//! 1. A name or words of a kind in [`CHOSEN_UNDER`] decide, if there is no status or the status is in the list of that
//!    kind. No such kind is tried again, so that a prompt quoted in an error never makes the error retryable.
//! 2. Else the status decides, if there is one.
//! 3. Else, inside a stream, a name decides: a code, a textual status or a type, compared whole.
//! 4. Else, for an error without any name, the beginning of its message decides.

use super::ErrorKind::{self, *};

/// A name or a wording, its kind, and who writes it.
pub(super) struct Wording {
    /// In lower case. A name that ends in `*` stands for all names with that beginning.
    pub(super) text: &'static str,
    pub(super) kind: ErrorKind,
    #[allow(dead_code, reason = "printed in docs/errors.md, by the test that includes this file")]
    pub(super) from: &'static str,
}

/// The kinds that are tried again by default.
pub(super) const RETRIED: &[ErrorKind] = &[ProviderResponse, RateLimited, Overloaded, Unavailable];

/// The kinds that are never tried again, even if a header or a policy asks for it.
pub(super) const FINAL: &[ErrorKind] = &[QuotaExceeded, InsufficientBalance, SpendLimit];

/// The statuses under which [`WORDS`] may choose a used-up quota. 400 is left out: a prompt often contains "per day",
/// and a 400 often quotes the prompt.
pub(super) const QUOTA_IN_WORDS: &[u16] = &[429];

/// Ranges of statuses, first and last, and their kind. The first line that matches counts.
pub(super) const STATUSES: &[(u16, u16, ErrorKind)] = &[
    (300, 399, Redirect),
    (400, 400, InvalidRequest),
    (401, 401, Unauthorized),
    (402, 402, InsufficientBalance),
    (403, 403, Forbidden),
    (404, 404, NotFound),
    (405, 406, InvalidRequest),
    (408, 408, TimedOut),
    (409, 409, Conflict),
    (412, 412, SpendLimit),
    (413, 413, PayloadTooLarge),
    (415, 415, InvalidRequest),
    (422, 422, InvalidRequest),
    (424, 424, ProviderResponse),
    (429, 429, RateLimited),
    (502, 503, Unavailable),
    (504, 504, TimedOut),
    (529, 529, Overloaded),
    (500, 599, Server),
];

/// Each kind in words, and the status with which a gateway answers it, if the error has no status of its own. It is the
/// status of the router for this kind, so that a gateway's clients see the same as without the gateway.
pub(super) const KINDS: &[(ErrorKind, &str, u16)] = &[
    (InvalidRequest, "invalid request", 400),
    (ContextLength, "context length exceeded", 400),
    (ContentPolicy, "content refused", 400),
    (Unauthorized, "unauthorized", 401),
    (InsufficientBalance, "insufficient balance", 402),
    (Forbidden, "forbidden", 403),
    (NotFound, "not found", 404),
    (Conflict, "conflict", 409),
    (SpendLimit, "spend limit reached", 412),
    (PayloadTooLarge, "request too large", 413),
    (ProviderResponse, "unusable answer of the provider", 424),
    (RateLimited, "rate limited", 429),
    (QuotaExceeded, "quota exceeded", 429),
    (Overloaded, "provider overloaded", 529),
    (Unavailable, "unavailable", 503),
    (TimedOut, "timed out", 504),
    (Redirect, "redirected", 502),
    (Server, "server error", 500),
    (Other, "unknown error", 502),
];

/// The kinds that a name or words choose instead of the status, and the statuses under which they do so.
pub(super) const CHOSEN_UNDER: &[(ErrorKind, &[u16])] = &[
    (ContextLength, &[400, 413, 422]),
    (ContentPolicy, &[400, 403, 422]),
    (InsufficientBalance, &[400, 403, 429]),
    (SpendLimit, &[400, 403, 429]),
    (QuotaExceeded, &[400, 403, 429]),
    (PayloadTooLarge, &[429]),
];

/// Values of `code`, `status`, `type` or `__type`, compared whole, in any case.
pub(super) const NAMES: &[Wording] = &[
    Wording { text: "context_length_exceeded", kind: ContextLength, from: "OpenAI, Azure, Groq, Cerebras, OpenRouter" },
    Wording { text: "exceed_context_size_error", kind: ContextLength, from: "llama.cpp" },
    Wording { text: "model_context_window_exceeded", kind: ContextLength, from: "Anthropic" },
    Wording { text: "context_window_exceeded", kind: ContextLength, from: "gateways" },
    Wording { text: "contextwindowexceedederror", kind: ContextLength, from: "LiteLLM" },
    Wording { text: "content_policy_violation", kind: ContentPolicy, from: "OpenAI, Azure" },
    Wording { text: "content_filter", kind: ContentPolicy, from: "Azure" },
    Wording { text: "content_policy", kind: ContentPolicy, from: "gateways" },
    Wording { text: "responsibleaipolicyviolation", kind: ContentPolicy, from: "Azure" },
    Wording { text: "moderation_blocked", kind: ContentPolicy, from: "OpenAI (images)" },
    Wording { text: "data_inspection_failed", kind: ContentPolicy, from: "Alibaba" },
    Wording { text: "datainspectionfailed", kind: ContentPolicy, from: "Alibaba" },
    Wording { text: "insufficient_balance", kind: InsufficientBalance, from: "gateways" },
    Wording { text: "billing_error", kind: InsufficientBalance, from: "Anthropic" },
    Wording { text: "credit_balance_exhausted", kind: InsufficientBalance, from: "OpenAI" },
    Wording { text: "insufficient_quota", kind: QuotaExceeded, from: "OpenAI, Azure" },
    Wording { text: "insufficient_credits", kind: QuotaExceeded, from: "gateways" },
    Wording { text: "quota_exceeded", kind: QuotaExceeded, from: "gateways" },
    Wording { text: "billing_hard_limit_reached", kind: QuotaExceeded, from: "OpenAI" },
    Wording { text: "organization_spend_limit_exceeded", kind: QuotaExceeded, from: "OpenAI" },
    Wording { text: "project_spend_limit_exceeded", kind: QuotaExceeded, from: "OpenAI" },
    Wording { text: "organization_usage_limit_exceeded", kind: QuotaExceeded, from: "OpenAI" },
    Wording { text: "usage_limit_reached", kind: QuotaExceeded, from: "OpenAI" },
    Wording { text: "exceeded_current_quota_error", kind: QuotaExceeded, from: "Moonshot" },
    Wording { text: "servicequotaexceededexception", kind: QuotaExceeded, from: "Bedrock" },
    Wording { text: "rate_limit*", kind: RateLimited, from: "OpenAI, Anthropic, Groq, Mistral, Cohere, Together" },
    Wording { text: "resource_exhausted", kind: RateLimited, from: "Gemini, Vertex" },
    Wording { text: "slow_down", kind: RateLimited, from: "OpenAI" },
    Wording { text: "throttlingexception", kind: RateLimited, from: "Bedrock" },
    Wording { text: "too_many_requests", kind: RateLimited, from: "Cerebras, Fireworks" },
    Wording { text: "too_many_requests_error", kind: RateLimited, from: "Cerebras" },
    Wording { text: "toomanyrequestserror", kind: RateLimited, from: "gateways" },
    Wording { text: "request_quota_exceeded", kind: RateLimited, from: "Cerebras" },
    Wording { text: "token_quota_exceeded", kind: RateLimited, from: "Cerebras" },
    Wording { text: "ratelimiterror", kind: RateLimited, from: "vLLM, LiteLLM" },
    Wording { text: "overloaded*", kind: Overloaded, from: "Anthropic" },
    Wording { text: "server_is_overloaded", kind: Overloaded, from: "OpenAI" },
    Wording { text: "engine_overloaded", kind: Overloaded, from: "OpenAI" },
    Wording { text: "engine_overloaded_error", kind: Overloaded, from: "Moonshot" },
    Wording { text: "unavailable", kind: Unavailable, from: "Gemini, Vertex" },
    Wording { text: "unavailable_error", kind: Unavailable, from: "llama.cpp" },
    Wording { text: "service_unavailable", kind: Unavailable, from: "Together, Fireworks" },
    Wording { text: "service_unavailable_error", kind: Unavailable, from: "OpenAI" },
    Wording { text: "serviceunavailableerror", kind: Unavailable, from: "vLLM, LiteLLM" },
    Wording { text: "serviceunavailableexception", kind: Unavailable, from: "Bedrock" },
    Wording { text: "modelnotreadyexception", kind: Unavailable, from: "Bedrock" },
    Wording { text: "bad_gateway", kind: Unavailable, from: "gateways" },
    Wording { text: "modelstreamerrorexception", kind: ProviderResponse, from: "Bedrock" },
    Wording { text: "modelerrorexception", kind: ProviderResponse, from: "Bedrock" },
    Wording { text: "timeout_error", kind: TimedOut, from: "Anthropic" },
    Wording { text: "timeout", kind: TimedOut, from: "gateways" },
    Wording { text: "deadline_exceeded", kind: TimedOut, from: "Gemini, Vertex" },
    Wording { text: "modeltimeoutexception", kind: TimedOut, from: "Bedrock" },
    Wording { text: "server_error", kind: Server, from: "OpenAI, llama.cpp" },
    Wording { text: "api_error", kind: Server, from: "Anthropic" },
    Wording { text: "internal_error", kind: Server, from: "gateways" },
    Wording { text: "internal_server_error", kind: Server, from: "Groq, Fireworks" },
    Wording { text: "internalservererror", kind: Server, from: "vLLM, SGLang" },
    Wording { text: "internalserverexception", kind: Server, from: "Bedrock" },
    Wording { text: "internal", kind: Server, from: "Gemini, Vertex" },
    Wording { text: "unknown", kind: Server, from: "Gemini, Vertex" },
    Wording { text: "invalid_request_error", kind: InvalidRequest, from: "OpenAI, Anthropic, DeepSeek, Groq" },
    Wording { text: "invalid_request", kind: InvalidRequest, from: "gateways" },
    Wording { text: "badrequesterror", kind: InvalidRequest, from: "vLLM, SGLang" },
    Wording { text: "bad_request", kind: InvalidRequest, from: "gateways" },
    Wording { text: "invalid_argument", kind: InvalidRequest, from: "Gemini, Vertex" },
    Wording { text: "failed_precondition", kind: InvalidRequest, from: "Gemini, Vertex" },
    Wording { text: "out_of_range", kind: InvalidRequest, from: "Gemini, Vertex" },
    Wording { text: "validationexception", kind: InvalidRequest, from: "Bedrock" },
    Wording { text: "not_supported_error", kind: InvalidRequest, from: "llama.cpp" },
    Wording { text: "authentication_error", kind: Unauthorized, from: "Anthropic, DeepSeek, llama.cpp" },
    Wording { text: "invalid_api_key", kind: Unauthorized, from: "OpenAI, Groq" },
    Wording { text: "unauthenticated", kind: Unauthorized, from: "Gemini, Vertex" },
    Wording { text: "permission_error", kind: Forbidden, from: "Anthropic, llama.cpp" },
    Wording { text: "permission_denied", kind: Forbidden, from: "Gemini, Vertex" },
    Wording { text: "accessdeniedexception", kind: Forbidden, from: "Bedrock" },
    Wording { text: "not_found_error", kind: NotFound, from: "Anthropic, llama.cpp" },
    Wording { text: "notfounderror", kind: NotFound, from: "vLLM, SGLang" },
    Wording { text: "model_not_found", kind: NotFound, from: "OpenAI, Groq" },
    Wording { text: "not_found", kind: NotFound, from: "Gemini, Vertex" },
    Wording { text: "resourcenotfoundexception", kind: NotFound, from: "Bedrock" },
    Wording { text: "request_too_large", kind: PayloadTooLarge, from: "Anthropic" },
];

/// Words that may stand anywhere in a name, in the message, or in an error that the message quotes, in any case.
pub(super) const WORDS: &[Wording] = &[
    Wording { text: "context_length", kind: ContextLength, from: "OpenAI" },
    Wording { text: "context length", kind: ContextLength, from: "OpenAI, vLLM, SGLang, Mistral, Ollama" },
    Wording { text: "maximum context", kind: ContextLength, from: "OpenAI, DeepSeek, vLLM, OpenRouter" },
    Wording { text: "context window", kind: ContextLength, from: "OpenAI, Anthropic" },
    Wording { text: "prompt is too long", kind: ContextLength, from: "Anthropic, Vertex, Fireworks" },
    Wording { text: "prompt too long", kind: ContextLength, from: "Ollama" },
    Wording { text: "input is too long", kind: ContextLength, from: "Bedrock" },
    Wording { text: "too many input tokens", kind: ContextLength, from: "Bedrock" },
    Wording { text: "input token count", kind: ContextLength, from: "Gemini, Vertex" },
    Wording { text: "maximum prompt length is", kind: ContextLength, from: "xAI" },
    Wording { text: "exceeds the available context size", kind: ContextLength, from: "llama.cpp" },
    Wording { text: "reduce the length of the messages", kind: ContextLength, from: "OpenAI, Groq, Cerebras" },
    Wording { text: "too large for model with", kind: ContextLength, from: "Mistral" },
    Wording { text: "exceeded model token limit", kind: ContextLength, from: "Moonshot" },
    Wording { text: "too many tokens: total tokens", kind: ContextLength, from: "Cohere" },
    Wording { text: "tokens + `max_new_tokens` must be", kind: ContextLength, from: "Together, TGI" },
    Wording { text: "prompt exceeds the length limit", kind: ContextLength, from: "gateways" },
    Wording { text: "content_policy", kind: ContentPolicy, from: "OpenAI" },
    Wording { text: "content_filter", kind: ContentPolicy, from: "Azure" },
    Wording { text: "content policy", kind: ContentPolicy, from: "OpenAI" },
    Wording { text: "content management policy", kind: ContentPolicy, from: "Azure" },
    Wording { text: "content filtering policy", kind: ContentPolicy, from: "Anthropic" },
    Wording { text: "rejected as a result of our safety system", kind: ContentPolicy, from: "OpenAI (images)" },
    Wording { text: "insufficient balance", kind: InsufficientBalance, from: "Requesty, DeepSeek" },
    Wording { text: "credit balance is too low", kind: InsufficientBalance, from: "Anthropic" },
    Wording { text: "insufficient credits", kind: InsufficientBalance, from: "OpenRouter" },
    Wording { text: "requires more credits", kind: InsufficientBalance, from: "OpenRouter" },
    Wording { text: "used all available credits", kind: InsufficientBalance, from: "xAI" },
    Wording { text: "specified api usage limits", kind: SpendLimit, from: "Anthropic" },
    Wording { text: "monthly spending limit", kind: SpendLimit, from: "xAI, Fireworks" },
    Wording { text: "monthly spend limit", kind: SpendLimit, from: "Requesty" },
    Wording { text: "per day", kind: QuotaExceeded, from: "OpenAI, Groq, Cerebras, Bedrock" },
    Wording { text: "per-day", kind: QuotaExceeded, from: "OpenRouter" },
    Wording { text: "perday", kind: QuotaExceeded, from: "Gemini, Vertex (quotaId)" },
    Wording { text: "per month", kind: QuotaExceeded, from: "Mistral, Cohere" },
    Wording { text: "permonth", kind: QuotaExceeded, from: "Gemini, Vertex (quotaId)" },
    Wording { text: "/ month", kind: QuotaExceeded, from: "Cohere" },
    Wording { text: "daily limit", kind: QuotaExceeded, from: "gateways" },
    Wording { text: "daily quota", kind: QuotaExceeded, from: "gateways" },
    Wording { text: "monthly limit", kind: QuotaExceeded, from: "gateways" },
    Wording { text: "monthly quota", kind: QuotaExceeded, from: "gateways" },
    Wording { text: "tokens must be reduced in order to run", kind: PayloadTooLarge, from: "OpenAI" },
];

/// Beginnings of messages, in any case, for errors without any name: the router's own errors have no name.
pub(super) const SENTENCES: &[Wording] = &[
    Wording { text: "there was a problem with the provider stream", kind: Unavailable, from: "Requesty" },
    Wording { text: "problem with the provider stream", kind: Unavailable, from: "Requesty" },
    Wording { text: "the provider timed out", kind: Unavailable, from: "Requesty" },
    Wording { text: "provider timed out", kind: Unavailable, from: "Requesty" },
    Wording { text: "the provider is down", kind: Unavailable, from: "Requesty" },
    Wording { text: "provider is down", kind: Unavailable, from: "Requesty" },
    Wording { text: "too many requests", kind: RateLimited, from: "Requesty" },
    Wording { text: "invalid provider response", kind: ProviderResponse, from: "Requesty" },
    Wording { text: "provider response missing", kind: ProviderResponse, from: "Requesty" },
    Wording { text: "overloaded", kind: Overloaded, from: "Requesty" },
    Wording { text: "invalid authorization token", kind: Forbidden, from: "Requesty" },
    Wording { text: "provider blocked by policy", kind: Forbidden, from: "Requesty" },
    Wording { text: "your account has been restricted", kind: Forbidden, from: "Requesty" },
    Wording { text: "provider and/or model not supported", kind: NotFound, from: "Requesty" },
];
