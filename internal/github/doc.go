// Package github is the client of one GitHub host: github.com, an Enterprise
// Server, or the embedded one. It reads a fleet into an inventory.Snapshot in a
// handful of GraphQL requests, tells by one probe whether anything changed, adds
// what making issues needs to know (Details), and writes comments, labels and
// branches by REST.
//
// What it promises: the token goes to its own host and nowhere else; a read is
// retried, a write is sent once and never again by any layer; waiting happens
// in one place (pacer) and by an injected clock; comment bodies, review texts,
// commit messages and pull request descriptions are never asked for, and bodies
// of issues are kept only where inventory.Trust says so (spec/1-domain "Whom to
// trust, what to read").
package github
