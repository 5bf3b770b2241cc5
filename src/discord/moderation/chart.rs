//! The chart of `/knowledge stats`, as a picture.
//!
//! It brings its own background, so that it reads the same on Discord's dark and light themes, and its own font, so
//! that it needs nothing of the machine. Outcomes differ by filling as well as by colour: solid, striped, hollow.

use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, register_font};

use crate::journal::Day;

/// Pixels. Discord shows pictures 550 wide at most; twice that stays sharp.
const SIZE: (u32, u32) = (1_100, 640);
/// What surrounds the bars: left, top, right, bottom.
const MARGIN: (i32, i32, i32, i32) = (100, 150, 30, 70);
/// Height of letters: on a phone, which shows a third of the width, they are still as large as its small print.
const LETTERS: i32 = 32;
/// Height of the title's letters.
const TITLE: i32 = 40;

const PAPER: RGBColor = RGBColor(0x2b, 0x2d, 0x31);
const INK: RGBColor = RGBColor(0xf2, 0xf3, 0xf5);
const GRID: RGBColor = RGBColor(0x4e, 0x50, 0x58);
const ANSWERED: RGBColor = RGBColor(0x56, 0xb4, 0xe9);
const SUGGESTED: RGBColor = RGBColor(0xf0, 0xc0, 0x40);
const NOTHING: RGBColor = RGBColor(0xff, 0x8a, 0x65);

/// Pixels that the label of a day takes, and some air.
const LABEL: i32 = 150;
/// More days than these are shown by the week: a bar must be wide enough to tell its parts apart.
const BY_DAY: usize = 92;

/// The typeface `DejaVu Sans`, free under the licence beside it.
static FONT: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSans.ttf");

/// How a part of a bar is filled.
#[derive(Clone, Copy)]
enum Filling {
    Solid,
    Striped,
    Hollow,
}

const LEGEND: [(&str, RGBColor, Filling); 3] = [
    ("answered", ANSWERED, Filling::Solid),
    ("suggestions", SUGGESTED, Filling::Striped),
    ("nothing found", NOTHING, Filling::Hollow),
];

/// Draws the questions of days as a PNG; `None` where that fails.
pub(crate) fn png(days: &[Day]) -> Option<Vec<u8>> {
    static READY: OnceLock<bool> = OnceLock::new();
    let ready = *READY.get_or_init(|| register_font("sans-serif", FontStyle::Normal, FONT).is_ok());
    let mut pixels = vec![0; (SIZE.0 * SIZE.1 * 3) as usize];
    let (title, bars) = if days.len() > BY_DAY {
        // Of whole weeks up to today: a week of one day would look like a bad one.
        let weeks = days.get(days.len() % 7..).unwrap_or_default().chunks(7);
        ("Questions a week", weeks.filter_map(week).collect())
    } else {
        ("Questions a day", days.to_vec())
    };
    if !ready || draw(&mut pixels, title, &bars).is_err() {
        return None;
    }
    encode(&pixels)
}

type Area<'a> = DrawingArea<BitMapBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), Box<dyn std::error::Error>>;

/// The days of a week as one.
fn week(days: &[Day]) -> Option<Day> {
    let sum = |part: fn(&Day) -> u64| days.iter().map(part).sum();
    let (answer, suggest, none) = (sum(|day| day.answer), sum(|day| day.suggest), sum(|day| day.none));
    days.first().map(|first| Day { start: first.start, answer, suggest, none })
}

fn draw(pixels: &mut [u8], title: &str, days: &[Day]) -> Drawn {
    let area = BitMapBackend::with_buffer(pixels, SIZE).into_drawing_area();
    area.fill(&PAPER)?;
    let (left, top, right, bottom) = MARGIN;
    let (width, height) = (i32::try_from(SIZE.0)? - left - right, i32::try_from(SIZE.1)? - top - bottom);
    let floor = top + height;
    write(&area, title, (left, 24), TITLE, (HPos::Left, VPos::Top))?;
    legend(&area, left)?;

    let highest = days.iter().map(Day::questions).max().unwrap_or(0);
    let (step, most) = scale(highest);
    // Whole numbers below a million fit in what is drawn with.
    let up = |count: u64| floor - i32::try_from(count * u64::from(height.unsigned_abs()) / most).unwrap_or(0);
    for mark in (0..=most).step_by(usize::try_from(step)?) {
        area.draw(&PathElement::new([(left, up(mark)), (left + width, up(mark))], GRID.stroke_width(1)))?;
        write(&area, &label(mark), (left - 14, up(mark)), LETTERS, (HPos::Right, VPos::Center))?;
    }
    let count = i32::try_from(days.len().max(1))?;
    let gap = if width / count > 8 { 3 } else { i32::from(width / count > 3) };
    let every = usize::try_from(((count * LABEL + width - 1) / width).max(1))?;
    for (number, day) in days.iter().enumerate() {
        let index = i32::try_from(number)?;
        let (from, to) = (left + width * index / count, left + width * (index + 1) / count);
        // Few bars don't become walls.
        let spare = ((to - from) - 90).max(0) / 2;
        let (from, to) = (from + gap + spare, (to - gap - spare).max(from + gap + spare + 1));
        let mut below = 0;
        for ((_, colour, filling), part) in LEGEND.into_iter().zip([day.answer, day.suggest, day.none]) {
            if part > 0 {
                block(&area, (from, up(below + part)), (to, up(below)), colour, filling)?;
            }
            below += part;
        }
        if number % every == 0 {
            let seconds = day.start.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            let (_, month, of_month) = date(seconds / 86_400);
            let middle = i32::midpoint(from, to);
            write(
                &area,
                &format!("{of_month} {}", month_name(month)),
                (middle, floor + 16),
                LETTERS,
                (HPos::Center, VPos::Top),
            )?;
        }
    }
    area.draw(&PathElement::new([(left, floor), (left + width, floor)], INK.stroke_width(2)))?;
    if highest == 0 {
        let middle = (left + width / 2, top + height / 2);
        area.draw(&Rectangle::new([(middle.0 - 170, middle.1 - 30), (middle.0 + 170, middle.1 + 30)], PAPER.filled()))?;
        write(&area, "No questions yet", middle, LETTERS, (HPos::Center, VPos::Center))?;
    }
    area.present()?;
    Ok(())
}

fn legend(area: &Area<'_>, left: i32) -> Drawn {
    let mut at = left;
    for (name, colour, filling) in LEGEND {
        block(area, (at, 91), (at + 34, 121), colour, filling)?;
        write(area, name, (at + 48, 105), LETTERS, (HPos::Left, VPos::Center))?;
        let (width, _) = area.estimate_text_size(name, &font(LETTERS))?;
        at += 48 + i32::try_from(width)? + 50;
    }
    Ok(())
}

/// A part of a bar. Hollow ones have an outline; where there is no room for one, they are filled.
fn block(area: &Area<'_>, from: (i32, i32), to: (i32, i32), colour: RGBColor, filling: Filling) -> Drawn {
    let (left, right) = (from.0.min(to.0), from.0.max(to.0));
    let (top, bottom) = (from.1.min(to.1), from.1.max(to.1).max(from.1.min(to.1) + 1));
    let narrow = right - left < 7 || bottom - top < 7;
    area.draw(&Rectangle::new([(left, top), (right, bottom)], colour.filled()))?;
    match filling {
        Filling::Hollow if !narrow => {
            area.draw(&Rectangle::new([(left + 3, top + 3), (right - 3, bottom - 3)], PAPER.filled()))?;
        }
        Filling::Striped if !narrow => {
            for line in (top + 4..bottom - 3).step_by(8) {
                area.draw(&Rectangle::new([(left, line), (right, line + 2)], PAPER.filled()))?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn font(size: i32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", size).into_font()).color(&INK)
}

fn write(area: &Area<'_>, text: &str, at: (i32, i32), size: i32, anchor: (HPos, VPos)) -> Drawn {
    area.draw_text(text, &font(size).pos(Pos::new(anchor.0, anchor.1)), at)?;
    Ok(())
}

/// A number on the scale, short enough for its margin.
fn label(mark: u64) -> String {
    // So high, the steps are thousands.
    if mark >= 10_000 { format!("{}k", mark / 1_000) } else { mark.to_string() }
}

/// A round step between the lines of a scale that holds `highest`, and the end of the scale: four to ten steps.
fn scale(highest: u64) -> (u64, u64) {
    let mut step = 1;
    let mut factors = [2, 5, 10].into_iter().cycle();
    let mut decade = 1;
    while highest.div_ceil(step) > 6 {
        let factor = factors.next().unwrap_or(10);
        step = decade * factor;
        if factor == 10 {
            decade = step;
        }
    }
    (step, step * highest.div_ceil(step).max(4))
}

fn encode(pixels: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIZE.0, SIZE.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Lines like the one above them compress best so.
    encoder.set_filter(png::FilterType::Up);
    encoder.write_header().ok()?.write_image_data(pixels).ok()?;
    Some(bytes)
}

fn month_name(month: u64) -> &'static str {
    const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    usize::try_from(month).ok().and_then(|month| NAMES.get(month.checked_sub(1)?)).copied().unwrap_or("?")
}

/// Year, month and day of days since 1970 (Howard Hinnant's algorithm, counting from 1 March of the year 0).
pub(crate) fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + u64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn days(count: u64) -> Vec<Day> {
        let day = |number: u64| Day {
            start: UNIX_EPOCH + Duration::from_hours(24 * (22_300 + number)),
            answer: number * 7 % 41,
            suggest: number * 5 % 13,
            none: number * 3 % 11,
        };
        (0..count).map(day).collect()
    }

    #[test]
    fn every_period_gives_a_picture() {
        for count in [0, 1, 7, 30, 365] {
            let picture = png(&days(count)).expect("a picture");
            assert!(picture.starts_with(b"\x89PNG") && picture.len() < 500_000, "{count} days: {}", picture.len());
            if let Ok(folder) = std::env::var("CHART_FOLDER") {
                std::fs::write(format!("{folder}/chart-{count}.png"), picture).expect("a file");
            }
        }
    }

    #[test]
    fn scales_are_round_and_hold_the_highest() {
        for (highest, expected) in
            [(0, (1, 4)), (3, (1, 4)), (6, (1, 6)), (7, (2, 8)), (31, (10, 40)), (600, (100, 600))]
        {
            assert_eq!(scale(highest), expected, "{highest}");
        }
    }

    #[test]
    fn high_scales_have_short_labels_that_are_exact() {
        for highest in [10_001, 12_345, 99_999, 654_321] {
            let (step, most) = scale(highest);
            assert_eq!(step % 1_000, 0, "{highest}");
            assert!(label(most).len() <= 4, "{}", label(most));
        }
        assert_eq!([label(0), label(9_000), label(10_000)], ["0", "9000", "10k"]);
    }

    #[test]
    fn days_have_dates() {
        for (days, expected) in
            [(0, (1970, 1, 1)), (11_016, (2000, 2, 29)), (22_300, (2031, 1, 21)), (20_481, (2026, 1, 28))]
        {
            assert_eq!(date(days), expected);
        }
    }
}
