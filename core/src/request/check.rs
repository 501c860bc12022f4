//! Checks of a request before it is sent, for all families.

use crate::{BuildError, Extra};

/// Fails with a message that says what to change.
pub(crate) fn fail(message: &'static str) -> Result<(), BuildError> {
    Err(BuildError::new(message))
}

/// Checks that the caller did not set `stream`: the kind of call sets it.
pub(crate) fn check_stream(extra: &Extra) -> Result<(), BuildError> {
    if extra.contains("stream") {
        return fail("`stream` is set by the kind of call: remove it from the extra members");
    }
    Ok(())
}

/// Checks that the numbers can be written: JSON has neither infinities nor NaN.
pub(crate) fn check_numbers<'a>(numbers: impl IntoIterator<Item = (&'a str, Option<f64>)>) -> Result<(), BuildError> {
    for (name, number) in numbers {
        if number.is_some_and(|number| !number.is_finite()) {
            return Err(BuildError::new(format!("`{name}` is not a finite number: JSON has no other")));
        }
    }
    Ok(())
}

/// Checks that no two tools have the same name.
pub(crate) fn check_names(names: impl Iterator<Item = String>) -> Result<(), BuildError> {
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    match names.windows(2).find_map(|pair| pair.first().filter(|name| pair.last() == Some(name))) {
        Some(name) => Err(BuildError::new(format!("two tools have the name `{name}`: rename one"))),
        None => Ok(()),
    }
}

/// Checks that the tool that the model must call is among the tools.
pub(crate) fn check_choice(name: &str, is_offered: bool) -> Result<(), BuildError> {
    if is_offered {
        return Ok(());
    }
    Err(BuildError::new(format!("the tool choice names `{name}`, which is not among the tools: add it")))
}
