//! Patterns of times: what Joda's letters and `MySQL`'s percent signs both come to.

use std::fmt::Write;

use chrono::format::{Parsed, parse_and_remainder};
use chrono::{Datelike, NaiveDateTime, Timelike, Weekday};

use super::moment::Zone;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it is.
    Literal(String),
    /// A number of at least so many digits, filled up with zeros.
    Number(Field, usize),
    /// The last two digits of a year.
    ShortYear(Field),
    /// A month's name; three letters of it, if short.
    MonthName { is_short: bool },
    /// A day's name; three letters of it, if short.
    DayName { is_short: bool },
    /// So many digits behind the second.
    Fraction(usize),
    /// `AM` or `PM`.
    HalfDay,
    /// `AD` or `BC`.
    Era,
    /// `+0900`, or with a colon.
    Offset { has_colon: bool },
    /// `Asia/Tokyo`.
    ZoneName,
}

/// A number in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Field {
    Century,
    Year,
    WeekYear,
    Month,
    Week,
    DayOfYear,
    Day,
    /// Monday is 1.
    DayOfWeek,
    Hour,
    /// Midnight is 24.
    HourFrom1,
    /// Midnight and noon are 12.
    HalfHourFrom1,
    /// Midnight and noon are 0.
    HalfHour,
    Minute,
    Second,
}

/// A pattern, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(pub Vec<Piece>);

/// What a text says of a time.
#[derive(Clone, Debug)]
pub struct Read {
    /// What the clock shows; what is not said is as in 1970-01-01 00:00:00.
    pub local: NaiveDateTime,
    /// Where, if the text says it.
    pub zone: Option<Zone>,
}

impl Pattern {
    /// Writes the time that clocks show as `local`.
    pub fn format(&self, local: NaiveDateTime, zone: Option<&Zone>, out: &mut String) {
        let utc = zone.map(|zone| zone.instant(local));
        let offset_s = zone.zip(utc).map_or(0, |(zone, utc)| zone.offset_s(utc));
        for piece in &self.0 {
            // Writing to a string cannot fail.
            let _ = match piece {
                Piece::Literal(text) => out.write_str(text),
                Piece::Number(field, digits) => write!(out, "{:0digits$}", field.of(local)),
                Piece::ShortYear(field) => write!(out, "{:02}", field.of(local).rem_euclid(100)),
                Piece::MonthName { is_short: true } => write!(out, "{}", local.format("%b")),
                Piece::MonthName { is_short: false } => write!(out, "{}", local.format("%B")),
                Piece::DayName { is_short: true } => write!(out, "{}", local.format("%a")),
                Piece::DayName { is_short: false } => write!(out, "{}", local.format("%A")),
                Piece::Fraction(digits) => {
                    let nanoseconds = format!("{:09}", local.nanosecond() % 1_000_000_000);
                    write!(out, "{:0<digits$}", &nanoseconds[..(*digits).min(9)])
                }
                Piece::HalfDay => out.write_str(if local.hour() < 12 { "AM" } else { "PM" }),
                Piece::Era => out.write_str(if local.year() > 0 { "AD" } else { "BC" }),
                Piece::Offset { has_colon } => {
                    let sign = if offset_s < 0 { '-' } else { '+' };
                    let colon = if *has_colon { ":" } else { "" };
                    let minutes = offset_s.abs() / 60;
                    write!(out, "{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
                }
                Piece::ZoneName => out.write_str(zone.map_or("UTC", |zone| &zone.name)),
            };
        }
    }

    /// Reads a whole text. The error says where it stops to match.
    pub fn parse(&self, text: &str) -> Result<Read, String> {
        let mut found = Found::default();
        let mut rest = text;
        for (at, piece) in self.0.iter().enumerate() {
            let is_followed_by_digits = self.0.get(at + 1).is_some_and(Piece::is_digits);
            rest = found
                .take(piece, is_followed_by_digits, rest)
                .ok_or_else(|| unmatched(text, rest))?;
        }
        if !rest.is_empty() {
            return Err(unmatched(text, rest));
        }
        let local = found
            .local()
            .ok_or_else(|| format!("`{text}` is no time there ever is"))?;
        Ok(Read {
            local,
            zone: found.zone,
        })
    }
}

fn unmatched(text: &str, rest: &str) -> String {
    let at = text[..text.len() - rest.len()].chars().count() + 1;
    format!("`{text}` does not match at character {at}")
}

impl Piece {
    fn is_digits(&self) -> bool {
        matches!(self, Self::Number(..) | Self::ShortYear(_) | Self::Fraction(_))
    }
}

impl Field {
    /// The number in a time.
    pub fn of(self, time: NaiveDateTime) -> i64 {
        let hour = time.hour();
        let number = match self {
            Self::Century => return i64::from(time.year() / 100),
            Self::Year => return i64::from(time.year()),
            Self::WeekYear => return i64::from(time.iso_week().year()),
            Self::Month => time.month(),
            Self::Week => time.iso_week().week(),
            Self::DayOfYear => time.ordinal(),
            Self::Day => time.day(),
            Self::DayOfWeek => time.weekday().number_from_monday(),
            Self::Hour => hour,
            Self::HourFrom1 => (hour + 23) % 24 + 1,
            Self::HalfHourFrom1 => (hour + 11) % 12 + 1,
            Self::HalfHour => hour % 12,
            Self::Minute => time.minute(),
            Self::Second => time.second(),
        };
        number.into()
    }

    fn most_digits(self) -> usize {
        match self {
            Self::Year | Self::WeekYear => 9,
            Self::DayOfYear => 3,
            _ => 2,
        }
    }
}

/// The parts of a time that were read.
#[derive(Debug, Default)]
struct Found {
    parts: Parsed,
    century: Option<i64>,
    zone: Option<Zone>,
}

impl Found {
    /// Takes what `piece` stands for from the front of `rest`; gives what is left.
    fn take<'a>(&mut self, piece: &Piece, is_followed_by_digits: bool, rest: &'a str) -> Option<&'a str> {
        match piece {
            Piece::Literal(text) => rest.strip_prefix(text.as_str()),
            Piece::Number(field, digits) => {
                // Digits of the next number are not this one's.
                let most = if is_followed_by_digits {
                    (*digits).max(1)
                } else {
                    field.most_digits().max(*digits)
                };
                let (number, left) = number(rest, most, matches!(field, Field::Year | Field::WeekYear))?;
                self.set(*field, number)?;
                Some(left)
            }
            Piece::ShortYear(field) => {
                let (year, left) = number(rest, 2, false)?;
                self.set(*field, if year < 70 { 2000 + year } else { 1900 + year })?;
                Some(left)
            }
            Piece::MonthName { .. } => self.take_name(rest, &["%B", "%b"]),
            Piece::DayName { .. } => self.take_name(rest, &["%A", "%a"]),
            Piece::Fraction(_) => {
                let digits = rest.bytes().take(9).take_while(u8::is_ascii_digit).count();
                let nanoseconds: i64 = format!("{:0<9}", &rest[..digits]).parse().ok()?;
                (digits > 0).then_some(())?;
                self.parts.set_nanosecond(nanoseconds).ok()?;
                Some(&rest[digits..])
            }
            Piece::HalfDay => {
                let word = rest.get(..2)?.to_ascii_uppercase();
                self.parts
                    .set_ampm(match word.as_str() {
                        "AM" => false,
                        "PM" => true,
                        _ => return None,
                    })
                    .ok()?;
                Some(&rest[2..])
            }
            Piece::Era => rest.strip_prefix("AD"),
            Piece::Offset { .. } | Piece::ZoneName => {
                let end = rest
                    .find(|letter: char| !(letter.is_ascii_alphanumeric() || "+-:/_".contains(letter)))
                    .unwrap_or(rest.len());
                self.zone = Some(Zone::named(&rest[..end]).ok()?);
                Some(&rest[end..])
            }
        }
    }

    fn take_name<'a>(&mut self, rest: &'a str, formats: &[&str]) -> Option<&'a str> {
        formats.iter().find_map(|format| {
            parse_and_remainder(&mut self.parts, rest, chrono::format::StrftimeItems::new(format)).ok()
        })
    }

    fn set(&mut self, field: Field, number: i64) -> Option<()> {
        let parts = &mut self.parts;
        match field {
            Field::Century => {
                self.century = Some(number);
                return Some(());
            }
            Field::Year => parts.set_year(number),
            Field::WeekYear => parts.set_isoyear(number),
            Field::Month => parts.set_month(number),
            Field::Week => parts.set_isoweek(number),
            Field::DayOfYear => parts.set_ordinal(number),
            Field::Day => parts.set_day(number),
            Field::DayOfWeek => {
                let day = u8::try_from(number - 1)
                    .ok()
                    .and_then(|day| Weekday::try_from(day).ok())?;
                parts.set_weekday(day)
            }
            Field::Hour => parts.set_hour(number),
            Field::HourFrom1 => parts.set_hour(number % 24),
            Field::HalfHourFrom1 => parts.set_hour12(number),
            Field::HalfHour => parts.set_hour12(if number == 0 { 12 } else { number }),
            Field::Minute => parts.set_minute(number),
            Field::Second => parts.set_second(number),
        }
        .ok()
        .map(drop)
    }

    /// What was read as a time; what was not said is as in 1970-01-01 00:00:00.
    fn local(&self) -> Option<NaiveDateTime> {
        let mut parts = self.parts.clone();
        if let (Some(century), None) = (self.century, parts.year()) {
            parts.set_year(century * 100).ok()?;
        }
        let has_week = parts.isoyear().is_some() || parts.isoweek().is_some();
        if has_week {
            parts.set_isoweek(parts.isoweek().map_or(1, i64::from)).ok()?;
            parts.set_weekday(parts.weekday().unwrap_or(Weekday::Mon)).ok()?;
        } else {
            parts.set_year(parts.year().map_or(1970, i64::from)).ok()?;
            if parts.ordinal().is_none() {
                parts.set_month(parts.month().map_or(1, i64::from)).ok()?;
                parts.set_day(parts.day().map_or(1, i64::from)).ok()?;
            }
        }
        if parts.hour_mod_12().is_none() {
            parts.set_hour(0).ok()?;
        } else if parts.hour_div_12().is_none() {
            parts.set_ampm(false).ok()?;
        }
        parts.set_minute(parts.minute().map_or(0, i64::from)).ok()?;
        parts.set_second(parts.second().map_or(0, i64::from)).ok()?;
        Some(parts.to_naive_date().ok()?.and_time(parts.to_naive_time().ok()?))
    }
}

/// A number of up to `most` digits at the front of a text.
fn number(text: &str, most: usize, is_signed: bool) -> Option<(i64, &str)> {
    let sign = usize::from(is_signed && text.starts_with('-'));
    let digits = text[sign..].bytes().take(most).take_while(u8::is_ascii_digit).count();
    let number = text[sign..sign + digits].parse::<i64>().ok()?;
    Some((if sign == 1 { -number } else { number }, &text[sign + digits..]))
}
