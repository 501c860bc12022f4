//! The endpoints of audio.
