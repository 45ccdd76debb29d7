// Package world is the state of the embedded GitHub: accounts, repositories,
// issues, pull requests and everything on them, kept in memory, written
// through to SQLite, with a bare git repository behind every repository.
//
// All reading happens inside View, all writing inside Update; both hand out a
// Tx that must not outlive the call.
package world
