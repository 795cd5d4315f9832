//! Recovery sheets: three, of which any two open the hub's keys.
//!
//! The sheets are shares (Shamir, 2 of 3) of a recovery key; the hub key lies in the key store
//! wrapped by it. A sheet is `1 ‖ set (4 bytes) ‖ share (33) ‖ check (4)` in Base32 (RFC 4648), in
//! groups of four letters, so that one can be typed from paper and a slip of the hand is told.

use std::fmt;

use blahaj::{Share, Sharks};
use data_encoding::BASE32_NOPAD;
use zeroize::Zeroizing;

use super::{Keys, Way, rows, wrapped_hub};
use crate::Fault;
use crate::seal::{KEY, Key};

const VERSION: u8 = 1;
const NEEDED: u8 = 2;
const SHEETS: usize = 3;
const SET: usize = 4;
const SHARE: usize = 1 + KEY;
const CHECK: usize = 4;
const WHOLE: usize = 1 + SET + SHARE + CHECK;

/// One sheet.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    set: [u8; SET],
    share: Zeroizing<Vec<u8>>,
}

/// What is wrong with sheets that were typed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SheetFault {
    /// Too short, too long, or a letter that no sheet has.
    NotASheet,
    /// A slip of the hand: the check letters do not fit.
    Mistyped,
    /// Not of the newest set of this hub.
    OtherSet,
    /// The same sheet twice.
    Same,
}

impl fmt::Display for SheetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotASheet => "that is not a whole recovery sheet: 17 groups of four letters",
            Self::Mistyped => "a letter is wrong: compare with the sheet group by group",
            Self::OtherSet => "these sheets do not belong to this hub's keys as they are now",
            Self::Same => "that is the same sheet twice: two different ones are needed",
        })
    }
}

impl Sheet {
    /// Its number, 1 to 3.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.share.first().copied().unwrap_or_default()
    }

    /// The letters to write down, in groups of four.
    #[must_use]
    pub fn letters(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(WHOLE));
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.set);
        bytes.extend_from_slice(&self.share);
        let check = check_of(&bytes);
        bytes.extend_from_slice(&check);
        let letters = Zeroizing::new(BASE32_NOPAD.encode(&bytes));
        let groups: Vec<&str> = (0..letters.len())
            .step_by(4)
            .map(|at| &letters[at..(at + 4).min(letters.len())])
            .collect();
        Zeroizing::new(groups.join("-"))
    }

    /// Reads a sheet as somebody typed it: case, spaces and dashes do not matter, and digits that
    /// look like letters are taken for them.
    ///
    /// # Errors
    /// [`SheetFault::NotASheet`] or [`SheetFault::Mistyped`].
    pub fn typed(text: &str) -> Result<Self, SheetFault> {
        let letters: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .filter(|letter| !letter.is_whitespace() && !matches!(letter, '-' | '–' | '.'))
                .map(|letter| match letter.to_ascii_uppercase() {
                    '0' => 'O',
                    '1' => 'I',
                    '8' => 'B',
                    other => other,
                })
                .collect(),
        );
        let bytes = BASE32_NOPAD.decode(letters.as_bytes());
        let bytes = Zeroizing::new(bytes.map_err(|_| SheetFault::NotASheet)?);
        let (body, check) = bytes
            .split_last_chunk::<CHECK>()
            .filter(|_| bytes.len() == WHOLE)
            .ok_or(SheetFault::NotASheet)?;
        if check_of(body) != *check {
            return Err(SheetFault::Mistyped);
        }
        let (set, share) = body
            .strip_prefix(&[VERSION])
            .and_then(|rest| rest.split_first_chunk::<SET>())
            .ok_or(SheetFault::NotASheet)?;
        Ok(Self {
            set: *set,
            share: Zeroizing::new(share.to_vec()),
        })
    }
}

impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sheet {}", self.number())
    }
}

fn check_of(bytes: &[u8]) -> [u8; CHECK] {
    let digest = base::digest_of(&[b"recovery sheet", bytes]);
    let mut check = [0; CHECK];
    check.copy_from_slice(&digest.as_bytes()[..CHECK]);
    check
}

fn set_of(recovery: &Key) -> [u8; SET] {
    let mut set = [0; SET];
    set.copy_from_slice(&recovery.derived("set of sheets").bytes()[..SET]);
    set
}

/// The recovery key of two sheets.
pub(super) fn joined(one: &Sheet, other: &Sheet) -> Result<Key, SheetFault> {
    if one.number() == other.number() {
        return Err(SheetFault::Same);
    }
    let shares: Result<Vec<Share>, _> = [one, other]
        .iter()
        .map(|sheet| Share::try_from(sheet.share.as_slice()))
        .collect();
    let shares = shares.map_err(|_| SheetFault::NotASheet)?;
    let bytes = Sharks(NEEDED).recover(&shares);
    let bytes = Zeroizing::new(bytes.map_err(|_| SheetFault::NotASheet)?);
    let key = Key::of(&bytes).ok_or(SheetFault::NotASheet)?;
    if one.set == other.set && set_of(&key) == one.set {
        Ok(key)
    } else {
        Err(SheetFault::OtherSet)
    }
}

/// When sheets were made, typed back, and tried: microseconds in the key store.
const MADE: &str = "sheets made";
const TYPED: &str = "sheets typed back";
const TRIED: &str = "sheets tried";

/// How the recovery sheets stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Recovery {
    /// When the newest set was made.
    pub made: Option<base::Time>,
    /// When one of them was typed back: only then do they count.
    pub typed: Option<base::Time>,
    /// When two were last tried.
    pub tried: Option<base::Time>,
}

impl Keys {
    /// Makes three sheets, to be shown once. Sheets of before open nothing from now on.
    ///
    /// # Errors
    /// [`Fault`] of the key store.
    pub async fn make_sheets(&self) -> Result<Vec<Sheet>, Fault> {
        let before = rows::newest(&self.0.db, "recovery").await?;
        let sealer = self.add("recovery", base::Uuid::nil(), None).await?;
        let (version, hub) = self.hub()?;
        let row = wrapped_hub(
            &self.0.chance,
            (version, Way::Recovery),
            &[],
            &sealer.key,
            &hub,
        )?;
        rows::set_hub_key(&self.0.db, &row, self.now()).await?;
        if let Some(before) = before {
            self.erase(&[before]).await?;
        }
        rows::tell(&self.0.db, MADE, &self.now().micros().to_string()).await?;
        rows::untell(&self.0.db, &[TYPED, TRIED]).await?;
        let set = set_of(&sealer.key);
        // The shares need a source of chance of that crate's own kind, which asks the system.
        let dealer = Sharks(NEEDED).dealer(sealer.key.bytes().as_slice());
        Ok(dealer
            .take(SHEETS)
            .map(|share| Sheet {
                set,
                share: Zeroizing::new(Vec::from(&share)),
            })
            .collect())
    }

    /// Somebody typed a sheet back: is it one of the newest set?
    ///
    /// # Errors
    /// [`SheetFault::OtherSet`] inside when it is not.
    pub async fn typed_back(&self, sheet: &Sheet) -> Result<Result<(), SheetFault>, Fault> {
        let Some(recovery) = self.recovery_key().await? else {
            return Ok(Err(SheetFault::OtherSet));
        };
        if sheet.set != set_of(&recovery) {
            return Ok(Err(SheetFault::OtherSet));
        }
        rows::tell(&self.0.db, TYPED, &self.now().micros().to_string()).await?;
        Ok(Ok(()))
    }

    /// The yearly drill: do these two open the hub's keys? Nothing is changed but the date.
    ///
    /// # Errors
    /// What is wrong with the sheets, inside; [`Fault`] of the key store outside.
    pub async fn drill(&self, one: &Sheet, other: &Sheet) -> Result<Result<(), SheetFault>, Fault> {
        let key = match joined(one, other) {
            Ok(key) => key,
            Err(fault) => return Ok(Err(fault)),
        };
        let (version, hub) = self.hub()?;
        let opened = opened_by(&self.0.db, version, &key).await?;
        if opened.is_none_or(|opened| opened.bytes() != hub.bytes()) {
            return Ok(Err(SheetFault::OtherSet));
        }
        rows::tell(&self.0.db, TRIED, &self.now().micros().to_string()).await?;
        Ok(Ok(()))
    }

    /// How the sheets stand.
    ///
    /// # Errors
    /// [`Fault`] of the key store.
    pub async fn recovery(&self) -> Result<Recovery, Fault> {
        let at = async |name| {
            let told = rows::told(&self.0.db, name).await?;
            Ok::<_, Fault>(told.and_then(|micros| micros.parse().ok().map(base::Time::from_micros)))
        };
        Ok(Recovery {
            made: at(MADE).await?,
            typed: at(TYPED).await?,
            tried: at(TRIED).await?,
        })
    }

    pub(super) async fn recovery_key(&self) -> Result<Option<Key>, Fault> {
        match rows::newest(&self.0.db, "recovery").await? {
            Some(id) => {
                self.fetch(&[id]).await?;
                Ok(self.known(id))
            }
            None => Ok(None),
        }
    }
}

/// The hub key as the recovery key opens it.
pub(super) async fn opened_by(
    db: &crate::Conn,
    version: i64,
    recovery: &Key,
) -> Result<Option<Key>, Fault> {
    let all = rows::hub_keys(db).await?;
    let row = all
        .iter()
        .find(|row| row.version == version && row.way == Way::Recovery.word());
    Ok(row.and_then(|row| {
        let place = format!("hub_key|{version}|{}", row.way);
        let bytes = recovery.derived("hub key").open(&place, &row.wrapped)?;
        Key::of(&bytes)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Chance;

    fn sheets(key: &Key) -> Vec<Sheet> {
        let dealer = Sharks(NEEDED).dealer(key.bytes().as_slice());
        let set = set_of(key);
        dealer
            .take(SHEETS)
            .map(|share| Sheet {
                set,
                share: Zeroizing::new(Vec::from(&share)),
            })
            .collect()
    }

    #[test]
    fn any_two_of_three_open_and_one_twice_or_of_another_set_does_not() {
        let chance = Chance::seeded(1);
        let (key, other) = (Key::fresh(&chance), Key::fresh(&chance));
        let (ours, theirs) = (sheets(&key), sheets(&other));
        assert_eq!(
            ours.iter().map(Sheet::number).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        for (a, b) in [(0, 1), (0, 2), (1, 2), (2, 0)] {
            assert_eq!(joined(&ours[a], &ours[b]).unwrap().bytes(), key.bytes());
        }
        assert_eq!(joined(&ours[0], &ours[0]).unwrap_err(), SheetFault::Same);
        let mixed = joined(&ours[0], &theirs[1]).unwrap_err();
        assert_eq!(mixed, SheetFault::OtherSet);
    }

    #[test]
    fn a_sheet_is_read_as_people_type_and_a_slip_of_the_hand_is_told() {
        let key = Key::fresh(&Chance::seeded(3));
        let sheet = sheets(&key).remove(1);
        let letters = sheet.letters();
        assert_eq!(letters.split('-').count(), 17);
        assert_eq!(Sheet::typed(&letters), Ok(sheet.clone()));
        let sloppy = letters.to_lowercase().replace('-', "  ").replace('o', "0");
        assert_eq!(Sheet::typed(&sloppy), Ok(sheet.clone()));
        let mut slips = 0;
        for at in (0..letters.len()).filter(|at| at % 5 != 4) {
            let mut typed: Vec<char> = letters.chars().collect();
            typed[at] = if typed[at] == 'A' { 'C' } else { 'A' };
            let typed: String = typed.into_iter().collect();
            assert!(Sheet::typed(&typed).is_err(), "letter {at}");
            slips += 1;
        }
        assert_eq!(slips, 68);
        assert_eq!(Sheet::typed("hei"), Err(SheetFault::NotASheet));
        assert_eq!(Sheet::typed(&letters[..60]), Err(SheetFault::NotASheet));
    }
}
