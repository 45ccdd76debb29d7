// Package config answers for what a person wrote down: it finds `.core/`,
// reads config.yaml, inventory.yaml and team.yaml strictly, tells where every
// effective value came from, edits inventory.yaml without losing a byte of
// it, makes a new `.core/`, and holds the PAUSE file (spec/1-domain "Files in
// `.core/`"). The logs and the journal in the same folder are not its affair.
//
// A file that cannot be taken at its word is refused with path, line, column
// and the lines themselves; no value is guessed and no key is ignored. Text of
// the files shown in an error has lost its control characters and whatever
// looks like a token.
package config
