//! main
fn main() {
    let l = briefing_bot::knowledge::Library::load(
        std::path::Path::new("knowledge"),
        &briefing_bot::knowledge::Limits::STANDARD,
    );
    match l {
        Ok(l) => println!("{:?}", l.briefings()[0].coverage),
        Err(e) => println!("{e}"),
    }
}
