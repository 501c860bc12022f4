#![forbid(unsafe_code)]
//! Serves the mock router until it is stopped.

use std::process::ExitCode;

use requesty_mock::{Mock, scenarios};

const USAGE: &str = "usage: requesty-mock [--listen ADDRESS:PORT] [--list]";

fn main() -> ExitCode {
    let mut listen = "127.0.0.1:8080".to_owned();
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--listen" => match args.next() {
                Some(value) => listen = value,
                None => return refuse("--listen needs an address"),
            },
            "--list" => {
                for scenario in scenarios() {
                    println!("{:<32} {}", scenario.name(), scenario.about());
                }
                return ExitCode::SUCCESS;
            }
            "--help" | "-h" => {
                println!("{USAGE}");
                return ExitCode::SUCCESS;
            }
            other => return refuse(&format!("unknown argument {other}")),
        }
    }
    match Mock::bind(listen.as_str()) {
        Ok(router) => {
            println!("listening on {}", router.base_url());
            router.wait();
            ExitCode::SUCCESS
        }
        Err(error) => refuse(&format!("cannot listen on {listen}: {error}")),
    }
}

fn refuse(message: &str) -> ExitCode {
    eprintln!("requesty-mock: {message}\n{USAGE}");
    ExitCode::FAILURE
}
