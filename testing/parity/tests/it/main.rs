//! Both transports held to the same behaviour, and the documents to what they say of the code.

mod both;
mod by_hand;
mod docs;
mod examples;
mod foreign_servers;
