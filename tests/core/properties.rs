//! Properties of every parser of foreign text: text that other code, another version, another tab
//! or a server wrote.
//!
//! [`hostile`] spoils valid texts and values: truncation, repetition, deep nesting, duplicate
//! names, huge numbers, NUL, lone surrogates, a BOM, percent-escapes. No parser panics, and no
//! error quotes a token. Each test named `large_hostile_...` limits how much 100 KB of input can
//! produce.
//!
//! | parser | properties | where |
//! |---|---|---|
//! | JSON | reads, refuses and writes as serde_json does | [`json`] |
//! | numbers in JSON | close to what the standard library reads | [`json`] |
//! | decimals, `%XX`, splitting | as the standard library does | `src/text.rs` |
//! | URLs | safe characters in origins; parsing twice gives the same | `src/url.rs` |
//! | domains, redirects, endpoints, pools | only safe targets | [`addresses`] |
//! | the page's address | the chosen redirect is a configured one | [`addresses`] |
//! | referrers | no foreign origin counts as the hosted UI | [`addresses`] |
//! | redirects joined by commas | splitting gives the joined URLs | `as_people_have_them` |
//! | hosts in other scripts | rejected, or converted to ASCII | `as_people_have_them` |
//! | configurations | seven shapes read alike; spoiled: rejected or valid | [`configurations`] |
//! | `expires`, a number or a date | exact to the second or minute | [`configurations`] |
//! | options | read exactly, or rejected by field name | [`configurations`] |
//! | JavaScript objects | also throwing getters: rejected or valid | [`configurations`] |
//! | base64url | round trip | `src/session.rs` |
//! | JWTs, claims | same claims as an independent reader | [`tokens`] |
//! | tokens of `storeTokens` | accepted unchanged, or rejected | [`tokens`] |
//! | hashes of sessions | round trip; equal only for the same sign-in | [`tokens`] |
//! | Cognito's answers | no foreign success; no part of a token in errors | [`answers`] |
//! | `x-amzn-errortype` | one word, or empty | [`answers`] |
//! | texts of foreign errors | runs as long as a token are redacted | [`answers`] |
//! | Amplify v5, v6, oidc-client-ts | a session's keys are found, others stay | `layout_properties` |
//! | stores with any content | only stored keys of this client are removed | [`stores`] |
//! | `AuthUserList` | ended users are removed, others keep their order | [`stores`] |
//! | `document.cookie` | independent cookies; a removal only expires | [`stores`], `cookies` |
//! | ids of other app clients | only texts that look like ids are reported | [`stores`] |
//! | the mark `...ended` | kept entries are those of the text | [`records`], `tables/mark.rs` |
//! | the record `...result` | round trip; never better than recorded | [`records`] |
//! | the same, for Rust apps | round trip | `src/returned.rs` |
//! | the time `...retried` | only a recent retry prevents another | [`records`] |
//! | popup reports | only its own report ends a popup | [`records`] |
//! | messages of other tabs | a session that is not named stays signed in | [`records`] |

mod addresses;
mod answers;
mod configurations;
mod hostile;
mod json;
mod records;
mod stores;
mod tokens;
