//! An answer as Discord shows it, drawn from what the bot sent: the picture in the README.

use std::fmt::Write as _;

use twilight_model::channel::message::{Component, EmojiReactionType};

use crate::discord::fake::seen::Message;

/// Width of the picture, and where the text in the embed begins and ends, in pixels.
const WIDTH: f64 = 680.0;
const LEFT: f64 = 84.0;
const RIGHT: f64 = 640.0;
/// From line to line.
const LINE: f64 = 22.0;
/// Size of the letters.
const SIZE: f64 = 15.0;

/// A picture that grows downwards.
struct Canvas {
    shapes: String,
    y: f64,
}

/// Draws a message of one embed with its buttons.
pub(crate) fn draw(question: &str, message: &Message) -> String {
    let mut canvas = Canvas { shapes: String::new(), y: 44.0 };
    canvas.text(68.0, 44.0, "#f2f3f5", SIZE, "600", "briefing-bot");
    canvas.shape("<rect x=\"170\" y=\"31\" width=\"36\" height=\"17\" rx=\"4\" fill=\"#5865f2\"/>");
    canvas.text(176.0, 44.0, "#ffffff", 11.0, "600", "APP");
    canvas.shape("<circle cx=\"34\" cy=\"40\" r=\"19\" fill=\"#3b6ea8\"/>");
    canvas.text(28.0, 46.0, "#ffffff", 18.0, "600", "B");
    canvas.text(220.0, 44.0, "#949ba4", 13.0, "400", &format!("/ask question: {question}"));
    for embed in message.embeds() {
        let top = canvas.y + 16.0;
        let mut inside = Canvas { shapes: String::new(), y: top + 12.0 };
        for line in embed.description.as_deref().unwrap_or_default().lines() {
            inside.line(line);
        }
        if let Some(footer) = &embed.footer {
            inside.y += 8.0;
            inside.wrapped(&footer.text, LEFT, "#b5bac1", 13.0);
        }
        let (height, colour) = (inside.y + 16.0 - top, embed.color.unwrap_or(0x1e_1f_22));
        canvas.shape(&format!(
            "<rect x=\"68\" y=\"{top}\" width=\"{}\" height=\"{height}\" rx=\"4\" fill=\"#2b2d31\"/>\
             <rect x=\"68\" y=\"{top}\" width=\"4\" height=\"{height}\" fill=\"#{colour:06x}\"/>",
            RIGHT + 16.0 - 68.0
        ));
        canvas.shapes.push_str(&inside.shapes);
        canvas.y = top + height;
    }
    for row in message.components() {
        if let Component::ActionRow(row) = row {
            canvas.y += 8.0;
            canvas.buttons(&row.components);
        }
    }
    let height = canvas.y + 18.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"'gg sans', 'Noto Sans', 'Helvetica Neue', Helvetica, Arial, sans-serif\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#313338\"/>\n{}</svg>\n",
        canvas.shapes
    )
}

impl Canvas {
    fn shape(&mut self, shape: &str) {
        self.shapes.push_str(shape);
        self.shapes.push('\n');
    }

    fn text(&mut self, x: f64, y: f64, colour: &str, size: f64, weight: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        // Writing to a string can't fail.
        let _ = writeln!(
            self.shapes,
            "<text x=\"{x}\" y=\"{y}\" fill=\"{colour}\" font-size=\"{size}\" font-weight=\"{weight}\">{text}</text>"
        );
    }

    /// A line of a description: a quote, or plain text. What is escaped or bold is shown as it is read.
    fn line(&mut self, line: &str) {
        let plain = line.replace("**", "").replace('\\', "");
        if let Some(quote) = plain.strip_prefix("> ") {
            let top = self.y + 6.0;
            self.wrapped(quote, LEFT + 14.0, "#dbdee1", SIZE);
            let height = self.y - top + 4.0;
            self.shape(&format!(
                "<rect x=\"{LEFT}\" y=\"{top}\" width=\"4\" height=\"{height}\" rx=\"2\" fill=\"#4e5058\"/>"
            ));
        } else {
            self.wrapped(&plain, LEFT, "#dbdee1", SIZE);
        }
    }

    fn wrapped(&mut self, text: &str, left: f64, colour: &str, size: f64) {
        let mut line = String::new();
        for word in text.split(' ') {
            if left + width(&format!("{line} {word}"), size) > RIGHT && !line.is_empty() {
                self.y += LINE;
                self.text(left, self.y, colour, size, "400", &line);
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.y += LINE;
        self.text(left, self.y, colour, size, "400", &line);
    }

    /// A row of buttons, in as many lines as they need.
    fn buttons(&mut self, row: &[Component]) {
        let mut x = 68.0;
        for component in row {
            let Component::Button(button) = component else { continue };
            let emoji = match &button.emoji {
                Some(EmojiReactionType::Unicode { name }) => format!("{name} "),
                _ => String::new(),
            };
            let label = format!("{emoji}{}", button.label.as_deref().unwrap_or_default());
            let length = width(&label, 14.0) + 30.0;
            if x > 68.0 && x + length > RIGHT + 16.0 {
                x = 68.0;
                self.y += 40.0;
            }
            let top = self.y;
            self.shape(&format!(
                "<rect x=\"{x}\" y=\"{top}\" width=\"{length}\" height=\"32\" rx=\"4\" fill=\"#4e5058\"/>"
            ));
            self.text(x + 14.0, top + 21.0, "#ffffff", 14.0, "500", &label);
            x += length + 8.0;
        }
        self.y += 32.0;
    }
}

/// About how wide a text is, in pixels; a little too wide rather than too narrow, as every machine has other fonts.
fn width(text: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | '\'' | '’' | ' ' | '·' => 0.34,
        'm' | 'w' | 'M' | 'W' | '—' => 0.88,
        c if c.is_uppercase() || c.is_ascii_digit() => 0.66,
        c if c.is_ascii() => 0.56,
        _ => 0.9,
    };
    text.chars().map(em).sum::<f64>() * size
}
