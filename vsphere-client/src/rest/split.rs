//! Asks for a list in pieces that the server is willing to give.
//!
//! vCenter refuses a list that would be longer than its limit, and which limit that is depends on
//! its version. So the whole is asked for first. A piece that is refused is divided by one more
//! thing, such as the datacenter or the host, and its values are halved until each piece fits.

use std::collections::BTreeSet;

use super::error::RestError;
use super::filter::Query;
use super::refusal::RestErrorKind;

/// The most values that go into one request: the identifiers of so many objects take some 2 KB,
/// and proxies cut longer addresses.
const MOST_VALUES: usize = 100;

/// Something that can be listed.
pub(super) trait Source {
    /// What is listed, for messages.
    const WHAT: &'static str;
    /// What a list can be divided by, in this order. Together the values must cover everything.
    const AXES: &'static [&'static str];
    /// An answer this long may have been cut off.
    const LIMIT: usize;
    /// The smallest limit of any version: a list that was refused holds more than this.
    const LEAST: usize;
    /// What is in the list.
    type Item;

    /// The identifier of an item.
    fn id(item: &Self::Item) -> &str;

    /// Asks for one piece.
    async fn fetch(&self, query: &Query) -> Result<Vec<Self::Item>, RestError>;

    /// The values of an axis within what `query` says; empty when it is no help here.
    async fn values(&self, axis: &'static str, query: &Query) -> Result<Vec<String>, RestError>;
}

/// All that matches `whole`, without repeats, in the order of the answers.
pub(super) async fn collect<S: Source>(
    source: &S,
    whole: Query,
) -> Result<Vec<S::Item>, RestError> {
    let mut found = Vec::new();
    let mut known = BTreeSet::new();
    let mut refused = false;
    let mut open = vec![whole];
    while let Some(query) = open.pop() {
        if let Some((axis, length)) = query.longest()
            && length > MOST_VALUES
        {
            open.extend(halves(&query, axis));
            continue;
        }
        let too_long = match source.fetch(&query).await {
            Ok(items) => {
                let cut_off = items.len() >= S::LIMIT;
                let new = items.into_iter();
                found.extend(new.filter(|item| known.insert(S::id(item).to_owned())));
                cut_off
            }
            Err(error) if error.is(&RestErrorKind::UnableToAllocateResource) => {
                refused = true;
                true
            }
            Err(error) => return Err(error),
        };
        if too_long {
            open.extend(divide(source, &query).await?);
        }
    }
    if refused && found.len() < S::LEAST {
        return Err(RestError::Incomplete {
            what: S::WHAT,
            found: found.len(),
        });
    }
    Ok(found)
}

/// Divides a piece that is too large in two, along the first axis where that is possible.
async fn divide<S: Source>(source: &S, query: &Query) -> Result<Vec<Query>, RestError> {
    let mut query = query.clone();
    for axis in S::AXES.iter().copied() {
        if query.get(axis).is_none() {
            let values = source.values(axis, &query).await?;
            if values.is_empty() {
                continue;
            }
            query = query.with(axis, &values);
        }
        if query.get(axis).is_some_and(|values| values.len() > 1) {
            return Ok(halves(&query, axis));
        }
    }
    Err(RestError::TooMany { what: S::WHAT })
}

fn halves(query: &Query, axis: &'static str) -> Vec<Query> {
    let values = query.get(axis).unwrap_or_default();
    let (first, second) = values.split_at(values.len() / 2);
    // The last is asked for first.
    vec![query.with(axis, second), query.with(axis, first)]
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proptest::prelude::*;

    use super::*;
    use crate::rest::RestRefusal;
    use crate::transport::Response;

    /// A server with things in boxes in rooms, and a limit of 10.
    struct Store {
        /// The box and the room of each thing.
        things: Vec<(usize, usize)>,
        asked: Cell<usize>,
        /// Whether it cuts off instead of refusing.
        cuts: bool,
        /// Whether the account sees no rooms and no boxes.
        blind: bool,
    }

    impl Store {
        fn new(things: Vec<(usize, usize)>) -> Self {
            Self {
                things,
                asked: Cell::new(0),
                cuts: false,
                blind: false,
            }
        }
    }

    fn refusal() -> RestError {
        let response = Response {
            status: 500,
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::from_static(
                b"{\"error_type\":\"UNABLE_TO_ALLOCATE_RESOURCE\",\"messages\":[]}",
            ),
        };
        RestError::Refused {
            operation: "list".into(),
            refusal: Box::new(RestRefusal::read(&response).unwrap()),
        }
    }

    fn fits(query: &Query, axis: &str, value: usize) -> bool {
        let values = query.get(axis);
        values.is_none_or(|values| values.contains(&value.to_string()))
    }

    impl Source for Store {
        const WHAT: &'static str = "things";
        const AXES: &'static [&'static str] = &["rooms", "boxes"];
        const LIMIT: usize = 10;
        const LEAST: usize = 10;
        type Item = String;

        fn id(item: &String) -> &str {
            item
        }

        async fn fetch(&self, query: &Query) -> Result<Vec<String>, RestError> {
            self.asked.set(self.asked.get() + 1);
            assert!(query.longest().is_none_or(|(_, n)| n <= MOST_VALUES));
            let all = self.things.iter().enumerate();
            let mut items: Vec<String> = all
                .filter(|(_, (at, room))| fits(query, "boxes", *at) && fits(query, "rooms", *room))
                .map(|(n, _)| n.to_string())
                .collect();
            if items.len() > Self::LIMIT && !self.cuts {
                return Err(refusal());
            }
            items.truncate(Self::LIMIT);
            Ok(items)
        }

        async fn values(
            &self,
            axis: &'static str,
            query: &Query,
        ) -> Result<Vec<String>, RestError> {
            if self.blind {
                return Ok(Vec::new());
            }
            let within = self.things.iter().filter(|(_, r)| fits(query, "rooms", *r));
            let values: BTreeSet<usize> = match axis {
                "rooms" => within.map(|(_, room)| *room).collect(),
                _ => within.map(|(at, _)| *at).collect(),
            };
            Ok(values.iter().map(usize::to_string).collect())
        }
    }

    fn run(store: &Store) -> Result<Vec<String>, RestError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(collect(store, Query::default()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_thing_is_found_once(
            boxes in proptest::collection::vec((0..4_usize, 0..9_usize), 0..260),
            cuts: bool,
        ) {
            // No box holds as many as the limit, and boxes stand in one room each.
            let boxes = boxes.into_iter().enumerate();
            let things = boxes.flat_map(|(at, (room, n))| std::iter::repeat_n((at, room), n));
            let store = Store { cuts, ..Store::new(things.collect()) };
            let mut found = run(&store).unwrap();
            found.sort_by_key(|id| id.parse::<usize>().unwrap());
            let all: Vec<String> = (0..store.things.len()).map(|n| n.to_string()).collect();
            prop_assert_eq!(found, all);
        }
    }

    #[test]
    fn a_list_that_fits_takes_one_request() {
        let store = Store::new(vec![(0, 0); 9]);
        assert_eq!(run(&store).unwrap().len(), 9);
        assert_eq!(store.asked.get(), 1);
    }

    #[test]
    fn a_piece_that_cannot_be_divided_is_an_error_and_no_short_list() {
        let store = Store::new(vec![(0, 0); 11]);
        assert!(matches!(run(&store), Err(RestError::TooMany { .. })));
        let blind = Store {
            blind: true,
            ..Store::new([(0, 0), (1, 0)].repeat(6))
        };
        assert!(matches!(run(&blind), Err(RestError::TooMany { .. })));
    }
}
