// Package rest answers for GitHub's REST API over a world: which operations exist, what each demands, changes and
// returns. Shapes, names and statuses are those of GitHub's published OpenAPI description; what that description leaves
// open follows docs.github.com/rest.
//
// The package knows nothing of limits, faults and connections: its caller gives it a request whose user is known and
// writes the answer it returns.
package rest
