//! From elements to values.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::error::DecodeError;
use super::reader::Reader;
use super::start::Start;

/// A type that reads itself from an element.
///
/// The same type serves three purposes:
/// - **A field**, where the element may repeat: [`merge`](Decode::merge) is called for each
///   occurrence, [`absent`](Decode::absent) when there was none. `Option<T>` may be absent,
///   `Vec<T>` collects, everything else is required.
/// - **A property value** (`val` in the property collector): [`decode`](Decode::decode).
///   `Vec<T>` then reads the children of an `ArrayOf…` element.
/// - **A method's result**: as a field, over the `returnval` elements. `()` ignores them.
pub trait Decode: Sized {
    /// Reads the element that `start` opened, up to its end.
    ///
    /// # Errors
    /// [`DecodeError`] when the element does not have the type's shape or the XML is malformed.
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError>;

    /// Takes one occurrence of a field's element into `slot`.
    ///
    /// # Errors
    /// As [`decode`](Decode::decode).
    #[inline]
    fn merge<'x>(
        slot: &mut Option<Self>,
        reader: &mut Reader<'x>,
        start: &Start<'x>,
    ) -> Result<(), DecodeError> {
        *slot = Some(Self::decode(reader, start)?);
        Ok(())
    }

    /// The field's value when its element did not occur.
    ///
    /// # Errors
    /// [`DecodeError::MissingField`], unless the type can be absent.
    fn absent(owner: &'static str, field: &'static str) -> Result<Self, DecodeError> {
        Err(DecodeError::MissingField { owner, field })
    }

    /// Whether this is the value of an empty element that should count as absent in an `Option`.
    ///
    /// Some servers send `<faultToleranceState></faultToleranceState>` for an unset enumeration.
    fn is_blank(&self) -> bool {
        false
    }
}

impl<T: Decode> Decode for Option<T> {
    #[inline]
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        if start.is_nil() {
            reader.skip(start)?;
            return Ok(None);
        }
        Ok(Some(T::decode(reader, start)?).filter(|value| !value.is_blank()))
    }

    fn absent(_: &'static str, _: &'static str) -> Result<Self, DecodeError> {
        Ok(None)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut items = Self::new();
        while let Some(child) = reader.next_child(start)? {
            items.push(T::decode(reader, &child)?);
        }
        Ok(items)
    }

    #[inline]
    fn merge<'x>(
        slot: &mut Option<Self>,
        reader: &mut Reader<'x>,
        start: &Start<'x>,
    ) -> Result<(), DecodeError> {
        let item = T::decode(reader, start)?;
        slot.get_or_insert_default().push(item);
        Ok(())
    }

    fn absent(_: &'static str, _: &'static str) -> Result<Self, DecodeError> {
        Ok(Self::new())
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        T::decode(reader, start).map(Self::new)
    }

    fn is_blank(&self) -> bool {
        T::is_blank(self)
    }
}

/// The result of a method that returns nothing.
impl Decode for () {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        reader.skip(start)
    }

    fn absent(_: &'static str, _: &'static str) -> Result<Self, DecodeError> {
        Ok(())
    }
}

impl Decode for String {
    #[inline]
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        reader.text(start).map(std::borrow::Cow::into_owned)
    }
}

impl Decode for bool {
    #[inline]
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let text = reader.text(start)?;
        match text.trim() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            other => Err(DecodeError::bad_value("boolean", start.name(), other)),
        }
    }
}

macro_rules! numbers {
    ($($type:ty = $name:literal),* $(,)?) => {$(
        impl Decode for $type {
            #[inline]
            fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
                let text = reader.text(start)?;
                let text = text.trim();
                text.parse().map_err(|_| DecodeError::bad_value($name, start.name(), text))
            }
        }
    )*};
}

numbers! {
    i8 = "byte",
    i16 = "short",
    i32 = "int",
    i64 = "long",
}

macro_rules! floats {
    ($($type:ty = $name:literal),* $(,)?) => {$(
        impl Decode for $type {
            fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
                let text = reader.text(start)?;
                match text.trim() {
                    // XML Schema spells these its own way.
                    "INF" => Ok(Self::INFINITY),
                    "-INF" => Ok(Self::NEG_INFINITY),
                    text => text.parse().map_err(|_| {
                        DecodeError::bad_value($name, start.name(), text)
                    }),
                }
            }
        }
    )*};
}

floats! {
    f32 = "float",
    f64 = "double",
}

/// `xsd:dateTime`. A time without an offset is taken as UTC, which is what ESXi means by it.
impl Decode for Timestamp {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let text = reader.text(start)?;
        let text = text.trim();
        if let Ok(time) = text.parse::<Self>() {
            return Ok(time);
        }
        text.parse::<DateTime>()
            .and_then(|time| time.to_zoned(TimeZone::UTC))
            .map(|time| time.timestamp())
            .map_err(|_| DecodeError::bad_value("dateTime", start.name(), text))
    }
}

/// Takes one occurrence of an element into a field that has a value already.
pub(crate) fn merge_into<'x, T: Decode + Default>(
    field: &mut T,
    reader: &mut Reader<'x>,
    start: &Start<'x>,
) -> Result<(), DecodeError> {
    let mut slot = Some(std::mem::take(field));
    T::merge(&mut slot, reader, start)?;
    if let Some(value) = slot {
        *field = value;
    }
    Ok(())
}
