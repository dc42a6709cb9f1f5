//! What is one of a few words.

/// A type whose values are words.
pub(crate) trait Choice: Copy + 'static {
    /// Every value.
    const ALL: &'static [Self];

    /// Its word.
    fn name(self) -> &'static str;
}

/// An enum whose values are words in definitions.
macro_rules! choice {
    ($(#[$about:meta])* $type:ident { $($(#[$of_value:meta])* $value:ident = $name:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $type {
            $($(#[$of_value])* $value,)+
        }

        impl $type {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// Its word in definitions.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$value => $name,)+
                }
            }
        }

        impl Choice for $type {
            const ALL: &'static [Self] = Self::ALL;

            fn name(self) -> &'static str {
                self.name()
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

choice! {
    /// How a tile shows its rows.
    Chart {
        /// Horizontal bars.
        Bar = "bar",
        /// Vertical bars.
        Column = "column",
        /// Horizontal bars of several parts.
        StackedBar = "stacked_bar",
        /// Vertical bars of several parts.
        StackedColumn = "stacked_column",
        /// Lines.
        Line = "line",
        /// Filled lines, one on another.
        Area = "area",
        /// Parts of a whole.
        Pie = "pie",
        /// Colours in a grid.
        HeatMap = "heat_map",
        /// Flows from left to right.
        Sankey = "sankey",
        /// Nodes and what joins them.
        Graph = "graph",
        /// One number.
        Number = "number",
        /// The rows.
        Table = "table",
    }
}

choice! {
    /// The time range that a dashboard opens with, up to now.
    Range {
        /// A quarter of an hour.
        Minutes15 = "15m",
        /// An hour.
        Hour = "1h",
        /// Six hours.
        Hours6 = "6h",
        /// A day.
        Day = "24h",
        /// A week.
        Week = "7d",
        /// Thirty days.
        Days30 = "30d",
        /// Ninety days.
        Days90 = "90d",
    }
}

choice! {
    /// Whose SQL a statement is, where products differ.
    Accent {
        /// By its words.
        Auto = "auto",
        /// Athena's.
        Athena = "athena",
        /// Snowflake's.
        Snowflake = "snowflake",
        /// `PostgreSQL`'s.
        Postgres = "postgres",
    }
}

choice! {
    /// What bars are ordered by.
    Order {
        /// Their length.
        Value = "value",
        /// Their names.
        Name = "name",
        /// As the statement gives them.
        None = "none",
    }
}

choice! {
    /// Which way bars are ordered.
    Direction {
        /// The most first.
        Descending = "descending",
        /// The least first.
        Ascending = "ascending",
    }
}

choice! {
    /// What the values are, so that they read well.
    Unit {
        /// How many.
        Count = "count",
        /// Bytes.
        Bytes = "bytes",
        /// Packets.
        Packets = "packets",
        /// Seconds.
        Seconds = "seconds",
        /// Percent.
        Percent = "percent",
        /// Nothing that is known.
        None = "none",
    }
}

choice! {
    /// What the values are compared with.
    Compare {
        /// The period before, of the same length.
        Previous = "previous",
    }
}
