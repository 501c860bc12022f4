//! Views as the input of serde.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::mismatch::{Mismatch, MismatchError as Error};
use super::tape::NodeKind;
use super::view::{Children, View};

/// The name by which serde_json asks for a value's exact text.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// Numbers are handed on as they are written, so that serde_json reads them.
macro_rules! by_the_number {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.number_text() {
                Some(number) => {
                    let mut json = serde_json::Deserializer::from_str(number);
                    // Of `1.5` and `1e2`, serde_json reads a 128-bit integer as far as the digits go.
                    let value = json.$method(visitor).map_err(|_| self.error(Mismatch::Number))?;
                    json.end().map(|()| value).map_err(|_| self.error(Mismatch::Number))
                }
                None => Err(self.error(Mismatch::Type)),
            }
        }
    )*};
}

/// A value of another kind is an error also if the visitor takes it: serde_json reads no number as the name of a variant.
macro_rules! by_the_kind {
    ($($method:ident($($argument:ident: $type:ty),*) of $($kind:ident)|+;)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, Error> {
            match self.node_kind() {
                $(NodeKind::$kind)|+ => self.deserialize_any(visitor),
                _ => Err(self.other_kind()),
            }
        }
    )*};
}

/// Reads what is shown; a string that is not complete is given only where a `str` or a `String` is asked for.
impl<'de> Deserializer<'de> for View<'de> {
    type Error = Error;

    by_the_number! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
    }

    by_the_kind! {
        deserialize_bool() of False | True;
        deserialize_char() of String;
        deserialize_identifier() of String;
        deserialize_bytes() of String | Array;
        deserialize_byte_buf() of String | Array;
        deserialize_unit() of Null;
        deserialize_unit_struct(_name: &'static str) of Null;
        deserialize_seq() of Array;
        deserialize_tuple(_len: usize) of Array;
        deserialize_tuple_struct(_name: &'static str, _len: usize) of Array;
        deserialize_map() of Object;
        deserialize_struct(_name: &'static str, _fields: &'static [&'static str]) of Array | Object;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.visit(visitor).map_err(|error| error.or_at(self.start()))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.as_str() {
            Some(text) => visitor.visit_borrowed_str(text).map_err(|error: Error| error.or_at(self.start())),
            None => Err(self.other_kind()),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.node_kind() == NodeKind::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        if name != RAW_VALUE {
            return visitor.visit_newtype_struct(self);
        }
        let raw = self.raw().ok_or(self.error(Mismatch::Unfinished))?;
        let read = serde_json::Deserializer::from_str(raw).deserialize_newtype_struct(name, visitor);
        read.map_err(|_| self.error(Mismatch::Custom))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let read = match self.node_kind() {
            NodeKind::String if self.is_complete() => {
                let name = self.tape.content(self.text, self.node);
                visitor.visit_enum(BorrowedStrDeserializer::<Error>::new(name))
            }
            NodeKind::String => Err(self.error(Mismatch::Unfinished)),
            NodeKind::Object => {
                let mut members = Children::of(self);
                match (members.next(), members.next()) {
                    (Some((name, value)), None) => visitor.visit_enum(Variant { name, value }),
                    _ => Err(self.error(Mismatch::Variant)),
                }
            }
            _ => Err(self.other_kind()),
        };
        read.map_err(|error| error.or_at(self.start()))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

impl<'de> View<'de> {
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node_kind() {
            NodeKind::Null => visitor.visit_unit(),
            NodeKind::False => visitor.visit_bool(false),
            NodeKind::True => visitor.visit_bool(true),
            NodeKind::Number => {
                let number = self.number_text().unwrap_or_default();
                let read = serde_json::Deserializer::from_str(number).deserialize_any(visitor);
                read.map_err(|_| self.error(Mismatch::Number))
            }
            NodeKind::String | NodeKind::Key if !self.is_complete() => Err(self.error(Mismatch::Unfinished)),
            NodeKind::String | NodeKind::Key => visitor.visit_borrowed_str(self.tape.content(self.text, self.node)),
            NodeKind::Array => {
                let mut list = List(Children::of(self));
                let value = visitor.visit_seq(&mut list)?;
                match list.0.next() {
                    None => Ok(value),
                    Some(_) => Err(self.error(Mismatch::Length)),
                }
            }
            NodeKind::Object => visitor.visit_map(Record { members: Children::of(self), value: None }),
        }
    }

    fn error(&self, mismatch: Mismatch) -> Error {
        Error::new(mismatch).or_at(self.start())
    }

    /// Returns the error for a value of another kind than was asked for.
    fn other_kind(&self) -> Error {
        let is_number = self.node_kind() == NodeKind::Number;
        self.error(if is_number { Mismatch::Number } else { Mismatch::Type })
    }

    /// Returns where the value begins.
    pub(super) fn start(&self) -> u32 {
        self.tape.get(self.node).map_or(0, |node| node.start)
    }
}

struct List<'de>(Children<'de>);

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some((_, element)) = self.0.next() else { return Ok(None) };
        seed.deserialize(element).map(Some).map_err(|error| error.or_at(element.start()))
    }
}

struct Record<'de> {
    members: Children<'de>,
    value: Option<View<'de>>,
}

impl<'de> MapAccess<'de> for Record<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some((key, value)) = self.members.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(MapKey(key)).map(Some).map_err(|error| error.or_at(value.start()))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        match self.value.take() {
            Some(value) => seed.deserialize(value).map_err(|error| error.or_at(value.start())),
            None => Err(Error::new(Mismatch::Custom)),
        }
    }
}

/// A key: a string, unless a map has numbers or booleans for keys.
struct MapKey<'de>(&'de str);

macro_rules! by_the_key {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            if self.0.is_empty() || self.0.trim() != self.0 {
                return visitor.visit_borrowed_str(self.0);
            }
            let mut json = serde_json::Deserializer::from_str(self.0);
            let value = json.$method(visitor).map_err(|_| Error::new(Mismatch::Key))?;
            json.end().map(|()| value).map_err(|_| Error::new(Mismatch::Key))
        }
    )*};
}

impl<'de> Deserializer<'de> for MapKey<'de> {
    type Error = Error;

    by_the_key! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_bool
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(BorrowedStrDeserializer::new(self.0))
    }
}

/// An enum's variant that holds something: an object of one member.
struct Variant<'de> {
    name: &'de str,
    value: View<'de>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = View<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, View<'de>), Error> {
        Ok((seed.deserialize(BorrowedStrDeserializer::<Error>::new(self.name))?, self.value))
    }
}

impl<'de> VariantAccess<'de> for View<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        if self.node_kind() == NodeKind::Null { Ok(()) } else { Err(self.other_kind()) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self).map_err(|error| error.or_at(self.start()))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        if self.node_kind() == NodeKind::Array { self.deserialize_any(visitor) } else { Err(self.other_kind()) }
    }

    fn struct_variant<V: Visitor<'de>>(self, _fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }
}
