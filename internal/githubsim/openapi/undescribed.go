package openapi

// Undescribed are what GitHub does and its OpenAPI description does not tell, in the form New takes, each with the reason
// it is allowed. Nothing else that the description lacks passes.
var Undescribed = map[string]string{
	"GET /repos/{owner}/{repo}/git/refs/{ref}": "undocumented since git/matching-refs came; GitHub still answers it, and gh api scripts send it",
	"GET /repos/{owner}/{repo}/git/refs":       "the same, for all references",
	"GET /repos/{owner}/{repo}/contents":       "the root folder: the description wants a path that is not empty",
	"* /repositories/{id}":                     "where the redirects of renamed repositories and moved issues lead",
	"* /repositories/{id}/{rest}":              "the same",
	"* * 304":                                  "a conditional read, described for some operations only",
	"* * 301":                                  "a renamed repository, described for some operations only",
	"* * 307":                                  "the same for what is no read; described for PATCH of a repository",

	"POST /repos/{owner}/{repo}/issues/{issue_number}/labels request": "go-github and old scripts send the bare list of names, which GitHub takes",
}
