//! The tables of a target, and which columns they have.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema};
use flowtrail_catalog::{
    Catalog, CatalogError, Column, ColumnType, Defined, Definition, Kind, ObjectName, StoredTable,
};
use flowtrail_lake::{Lake, TableDefinition, stored_type};

use crate::RelationalError;
use crate::column::{ValueType, can_be_named, ends_as_beside};
use crate::rows::OTHER;

/// How many columns a table gets, unless somebody says otherwise; what comes then is kept as JSON.
pub const DEFAULT_MOST_COLUMNS: usize = 1_000;
/// How many tables of lists a target gets; lists that come then are kept as JSON.
const MOST_TABLES: usize = 200;

/// The column of a list's number in the table of its elements.
pub const ID: &str = "id";
/// The column of an element's place in its list, from 0.
pub const INDEX: &str = "index";
/// What the columns of an element's own values are called behind the list's path.
pub const VALUE: &str = ".val";

/// A table of the target.
#[derive(Debug)]
pub struct FlatTable {
    pub name: ObjectName,
    pub stored: StoredTable,
    /// What the paths in it begin with: nothing, or that of its list and `.val`.
    path: String,
    fields: Vec<Field>,
    /// What stands in each column. One that takes no values one by one is not among them.
    values: HashMap<String, ValueType>,
    names: HashSet<String>,
    /// Where the lists of its rows are: by their path the number of the table.
    lists: HashMap<String, usize>,
    /// Columns it had when the run began.
    known: usize,
    /// Whether it has a definition.
    is_defined: bool,
}

impl FlatTable {
    fn new(name: ObjectName, stored: StoredTable, path: String, columns: &Schema) -> Self {
        let fields: Vec<Field> = columns.fields().iter().map(|field| field.as_ref().clone()).collect();
        let values = fields.iter().filter_map(|field| {
            let value_type = ValueType::of(field.data_type())?;
            Some((field.name().clone(), value_type))
        });
        Self {
            name,
            stored,
            path,
            values: values.collect(),
            names: fields.iter().map(|field| field.name().clone()).collect(),
            lists: HashMap::new(),
            known: fields.len(),
            fields,
            is_defined: true,
        }
    }

    /// Its columns.
    pub fn schema(&self) -> Schema {
        Schema::new(self.fields.clone())
    }

    /// How many columns it got in this run.
    pub fn new_columns(&self) -> usize {
        self.fields.len() - self.known
    }

    /// The table as the lake knows it.
    pub fn definition(&self) -> Arc<TableDefinition> {
        let columns = Arc::new(self.schema());
        Arc::new(TableDefinition::of_user(
            &self.name.schema,
            &self.name.name,
            &self.stored.path,
            columns,
        ))
    }

    fn add(&mut self, name: &str, data_type: DataType) {
        self.names.insert(name.to_owned());
        self.fields.push(Field::new(name, data_type, true));
    }
}

/// All tables of a target; the first is the one that was named.
#[derive(Debug)]
pub struct FlatTables {
    pub tables: Vec<FlatTable>,
    /// What the first says it is.
    comment: String,
    most_columns: usize,
    /// Names that tables cannot get any more.
    taken: HashSet<String>,
    /// Tables of lists of a target that was dropped: nobody's.
    leftovers: Vec<Arc<Defined>>,
}

impl FlatTables {
    /// The tables as they are; where the first is not there yet, it will be with `columns`.
    pub async fn open(
        lake: &Lake,
        catalog: &Catalog,
        target: &ObjectName,
        source: &str,
        source_folder: &str,
        columns: Schema,
        most_columns: usize,
    ) -> Result<Self, RelationalError> {
        let definitions = catalog.definitions().await?;
        let beside = definitions.in_schema(Kind::Relation, &target.database, &target.schema);
        let beside: Vec<Arc<Defined>> = beside.cloned().collect();
        let root_comment = comment(target, source, source_folder);
        let root = match beside.iter().find(|defined| defined.name == *target) {
            None => {
                let stored = StoredTable {
                    columns: declared(&columns),
                    path: StoredTable::new_path(target),
                    comment: Some(root_comment.clone()),
                };
                FlatTable {
                    is_defined: false,
                    ..FlatTable::new(target.clone(), stored, String::new(), &columns)
                }
            }
            Some(defined) => match &defined.definition {
                Definition::Table(stored) if stored.comment.as_deref() == Some(&root_comment) => {
                    opened(lake, target, stored, String::new()).await?
                }
                _ => {
                    return Err(RelationalError::Taken {
                        target: target.to_string(),
                        source_table: source.to_owned(),
                    });
                }
            },
        };
        let mut tables = Self {
            tables: vec![root],
            comment: root_comment.clone(),
            most_columns,
            taken: beside.iter().map(|defined| defined.name.name.clone()).collect(),
            leftovers: Vec::new(),
        };
        let mut lists: Vec<(String, Arc<Defined>)> = beside
            .iter()
            .filter_map(|defined| Some((list_path(defined, &root_comment)?.to_owned(), Arc::clone(defined))))
            .collect();
        // A list within another's elements comes behind it.
        lists.sort_by_key(|(path, _)| path.len());
        for (path, defined) in lists {
            let Definition::Table(stored) = &defined.definition else {
                continue;
            };
            if tables.tables[0].is_defined {
                let table = opened(lake, &defined.name, stored, format!("{path}{VALUE}")).await?;
                tables.attach(&path, table);
                continue;
            }
            tables.leftovers.push(defined);
        }
        Ok(tables)
    }

    /// Takes away what a target that was dropped left behind. Only who has claimed the target may do so: to others, one
    /// that is just being made can look like it.
    pub async fn clear_leftovers(&mut self, lake: &Lake, catalog: &Catalog) -> Result<(), RelationalError> {
        for defined in std::mem::take(&mut self.leftovers) {
            catalog.drop(&defined).await?;
            if let Definition::Table(stored) = &defined.definition {
                lake.remove_folder(&stored.path).await?;
            }
            self.taken.remove(&defined.name.name);
        }
        Ok(())
    }

    /// Puts the table of a list below that of the rows it is in.
    fn attach(&mut self, path: &str, table: FlatTable) {
        let number = self.tables.len();
        // A list right in a list has the path of what it is in.
        let is_above = |above: &&mut FlatTable| match path.strip_prefix(&above.path) {
            _ if above.path.is_empty() => true,
            Some(inside) => inside.is_empty() || inside.starts_with('.'),
            None => false,
        };
        if let Some(above) = self
            .tables
            .iter_mut()
            .filter(is_above)
            .max_by_key(|above| above.path.len())
        {
            above.lists.insert(path.to_owned(), number);
            let beside = format!("{path}{}", ValueType::List.suffix());
            let link = if above.names.contains(&beside) {
                beside
            } else {
                path.to_owned()
            };
            // A run that died may have defined the table, and added nothing.
            if above.names.contains(&link) {
                above.values.insert(link, ValueType::List);
            }
        }
        self.tables.push(table);
    }

    /// Whether values that come as a column, at `path` and of that type, have a column of the first table: false where
    /// there is no room, or one of that name for something else.
    pub fn takes_column(&mut self, path: &str, data_type: &DataType) -> bool {
        let most_columns = self.most_columns;
        let root = &mut self.tables[0];
        let stored = stored_type(data_type);
        if let Some(field) = root.fields.iter().find(|field| field.name() == path) {
            return *field.data_type() == stored && root.values.get(path) != Some(&ValueType::List);
        }
        let has_room = root.fields.len() < most_columns;
        if has_room {
            if let Some(value_type) = ValueType::of(&stored) {
                root.values.insert(path.to_owned(), value_type);
            }
            root.add(path, stored);
        }
        has_room
    }

    /// The column for a value at `path`, and what stands in it; `None` where none can be named so, or there is no room
    /// for one.
    pub fn place(
        &mut self,
        table: usize,
        path: &str,
        value_type: ValueType,
        is_exact: bool,
    ) -> Option<(String, ValueType)> {
        if !can_be_named(path) {
            return None;
        }
        let most_columns = self.most_columns;
        let table = &mut self.tables[table];
        if !ends_as_beside(path) {
            let there = table.values.get(path).copied();
            if let Some(there) = there.filter(|there| there.takes(value_type, is_exact)) {
                return Some((path.to_owned(), there));
            }
            if !table.names.contains(path) && path != OTHER {
                return make(table, path.to_owned(), value_type, most_columns);
            }
        }
        let beside = format!("{path}{}", value_type.suffix());
        if table.values.get(&beside) == Some(&value_type) {
            return Some((beside, value_type));
        }
        if table.names.contains(&beside) {
            return None;
        }
        make(table, beside, value_type, most_columns)
    }

    /// The table for the elements of the lists at `path`, and the column of their `id` in the table they stand in;
    /// `None` where there is no room.
    pub fn list(&mut self, table: usize, path: &str) -> Option<(usize, String)> {
        let known = self.tables[table].lists.get(path).copied();
        if known.is_none() && self.tables.len() >= MOST_TABLES {
            return None;
        }
        let (link, _) = self.place(table, path, ValueType::List, true)?;
        if let Some(number) = known {
            return Some((number, link));
        }
        let made = self.make_list(path);
        let number = self.tables.len();
        self.tables.push(made);
        self.tables[table].lists.insert(path.to_owned(), number);
        Some((number, link))
    }

    fn make_list(&mut self, path: &str) -> FlatTable {
        let columns = Schema::new(vec![
            Field::new(ID, DataType::Int64, true),
            Field::new(INDEX, DataType::Int64, true),
        ]);
        let name = self.free_name(path);
        let stored = StoredTable {
            columns: declared(&columns),
            path: StoredTable::new_path(&name),
            comment: Some(format!("{}{LIST_OF}{path}", self.comment)),
        };
        FlatTable {
            is_defined: false,
            ..FlatTable::new(name, stored, format!("{path}{VALUE}"), &columns)
        }
    }

    /// Defines the tables that are new: before they get rows, so that no row is ever in a table that nobody can ask.
    pub async fn define(&mut self, catalog: &Catalog) -> Result<(), CatalogError> {
        for table in self.tables.iter_mut().filter(|table| !table.is_defined) {
            let definition = Definition::Table(table.stored.clone());
            catalog.put(&table.name, definition, None).await?;
            table.is_defined = true;
        }
        Ok(())
    }

    /// A name for the table of a list that nothing in the schema has.
    fn free_name(&mut self, path: &str) -> ObjectName {
        let root = &self.tables[0].name;
        let letters = path
            .chars()
            .map(|letter| if letter.is_alphanumeric() { letter } else { '_' });
        let wanted = format!("{}_{}", root.name, letters.collect::<String>());
        let numbered = (2_u64..).map(|number| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
        let free = candidates.find(|name| !self.taken.contains(name)).unwrap_or(wanted);
        self.taken.insert(free.clone());
        ObjectName::new(root.database.as_str(), root.schema.as_str(), free)
    }
}

/// What stands between a target's comment and the path of a list in the comment of the list's table.
const LIST_OF: &str = "; elements of ";

/// What a target says it is; by this it is known again, and by its source's folder a source that was made anew.
fn comment(target: &ObjectName, source: &str, source_folder: &str) -> String {
    let folder = source_folder.rsplit('/').next().unwrap_or(source_folder);
    format!("{}: {source} ({folder}), relationalized", target.name)
}

fn list_path<'d>(defined: &'d Defined, root_comment: &str) -> Option<&'d str> {
    let Definition::Table(stored) = &defined.definition else {
        return None;
    };
    stored
        .comment
        .as_deref()?
        .strip_prefix(root_comment)?
        .strip_prefix(LIST_OF)
}

async fn opened(
    lake: &Lake,
    name: &ObjectName,
    stored: &StoredTable,
    path: String,
) -> Result<FlatTable, RelationalError> {
    let definition = stored.definition(name);
    let columns = match lake.table(&definition).snapshot().await? {
        Some(snapshot) => Arc::clone(snapshot.schema()),
        None => Arc::clone(&definition.columns),
    };
    Ok(FlatTable::new(name.clone(), stored.clone(), path, &columns))
}

fn make(
    table: &mut FlatTable,
    name: String,
    value_type: ValueType,
    most_columns: usize,
) -> Option<(String, ValueType)> {
    // One is kept for what finds no column.
    if table.fields.len() + 1 >= most_columns {
        return None;
    }
    table.add(&name, value_type.data_type());
    table.values.insert(name.clone(), value_type);
    Some((name, value_type))
}

/// The columns of a new table as a definition has them; those that it has no type for come with the rows.
fn declared(columns: &Schema) -> Vec<Column> {
    let column = |field: &Arc<Field>| {
        Some(Column {
            name: field.name().clone(),
            column_type: ColumnType::of(field.data_type())?,
            comment: None,
        })
    };
    columns.fields().iter().filter_map(column).collect()
}
