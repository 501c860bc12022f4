//! Every endpoint, over both transports, against the mock.

#[path = "api/audio.rs"]
mod audio;
#[path = "api/embeddings.rs"]
mod embeddings;
#[path = "api/feedback.rs"]
mod feedback;
#[path = "api/images.rs"]
mod images;
#[path = "api/manage.rs"]
mod manage;
#[path = "api/manage_story.rs"]
mod manage_story;
#[path = "api/mcp.rs"]
mod mcp;
#[path = "api/messages.rs"]
mod messages;
#[path = "api/models.rs"]
mod models;
#[path = "api/responses.rs"]
mod responses;
#[path = "api/support.rs"]
mod support;
