//! An aggregate that keeps something for each value of its first argument.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::ArrayRef;
use arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDFImpl, Signature, Volatility};

use super::table::{Entries, Table};

/// What is kept for each key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// The first value.
    First,
    /// The value, of which there may be only one.
    Only,
    /// How often it comes.
    Count,
}

impl Kept {
    fn arguments(self) -> usize {
        match self {
            Self::First | Self::Only => 2,
            Self::Count => 1,
        }
    }
}

/// The aggregate.
#[derive(Debug)]
pub struct Aggregate {
    name: &'static str,
    kept: Kept,
    signature: Signature,
    returns: fn(&[DataType]) -> Result<DataType>,
    finish: fn(&Entries, &DataType) -> Result<ScalarValue>,
}

impl Aggregate {
    /// `returns` tells the type of the answer by the arguments', `finish` makes it of the keys and what was kept.
    pub fn new(
        name: &'static str,
        kept: Kept,
        returns: fn(&[DataType]) -> Result<DataType>,
        finish: fn(&Entries, &DataType) -> Result<ScalarValue>,
    ) -> Self {
        Self {
            name,
            kept,
            signature: Signature::any(kept.arguments(), Volatility::Immutable),
            returns,
            finish,
        }
    }
}

impl PartialEq for Aggregate {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Aggregate {}

impl Hash for Aggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl AggregateUDFImpl for Aggregate {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        (self.returns)(types)
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let value = match self.kept {
            Kept::Count => DataType::Int64,
            Kept::First | Kept::Only => args.input_fields[1].data_type().clone(),
        };
        let list = |what: &str, item: DataType| {
            let item = Arc::new(Field::new_list_field(item, true));
            Arc::new(Field::new(format!("{}[{what}]", args.name), DataType::List(item), true))
        };
        Ok(vec![
            list("keys", args.input_fields[0].data_type().clone()),
            list("values", value),
        ])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct && self.kept == Kept::Count {
            return exec_err!("{}(DISTINCT …) is not done", self.name);
        }
        let types: Vec<DataType> = args
            .exprs
            .iter()
            .map(|expression| expression.data_type(args.schema))
            .collect::<Result<_>>()?;
        let value = match self.kept {
            Kept::Count => DataType::Int64,
            Kept::First | Kept::Only => types[1].clone(),
        };
        Ok(Box::new(Keeping {
            name: self.name,
            kept: self.kept,
            table: Table::new(&types[0], &value)?,
            returns: args.return_field.data_type().clone(),
            finish: self.finish,
        }))
    }
}

/// The aggregate over the rows of one group.
#[derive(Debug)]
struct Keeping {
    name: &'static str,
    kept: Kept,
    table: Table,
    returns: DataType,
    finish: fn(&Entries, &DataType) -> Result<ScalarValue>,
}

impl Keeping {
    fn keep(&mut self, keys: &ArrayRef, values: &ArrayRef) -> Result<()> {
        match self.kept {
            Kept::First => self.table.insert(keys, values, |_| Ok(())),
            Kept::Only => {
                let name = self.name;
                self.table
                    .insert(keys, values, |key| exec_err!("{name}: the name `{key}` comes twice"))
            }
            Kept::Count => self.table.add(keys, values),
        }
    }
}

impl Accumulator for Keeping {
    fn update_batch(&mut self, columns: &[ArrayRef]) -> Result<()> {
        match columns {
            [keys, values] => self.keep(keys, values),
            [keys] => self.table.count(keys),
            _ => exec_err!("{} takes {} arguments", self.name, self.kept.arguments()),
        }
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        (self.finish)(&self.table.entries()?, &self.returns)
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.table.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.table.entries()?.into_state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for (keys, values) in Entries::of_states(states)? {
            self.keep(&keys, &values)?;
        }
        Ok(())
    }
}
