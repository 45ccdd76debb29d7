// Package gitstore keeps bare git repositories for the embedded GitHub: it
// computes and writes objects itself, and asks the git program for everything
// that takes judgement (merging, ancestry, reference transactions, fetching).
package gitstore
