package rest

import (
	"errors"
	"net/http"

	"github.com/dappcore/core-dev/internal/githubsim/world"
)

// Docs is where GitHub's errors point to when they name no page of their own.
const Docs = "https://docs.github.com/rest"

// fault is an error in GitHub's shape.
type fault struct {
	status  int
	message string
	docs    string
	errors  []any // objects {resource, field, code, message} or plain strings
	header  http.Header
}

func (f *fault) Error() string { return f.message }

func fail(status int, message string) *fault { return &fault{status: status, message: message} }

var (
	errNotFound = fail(http.StatusNotFound, "Not Found")
	errJSON     = fail(http.StatusBadRequest, "Problems parsing JSON")
)

// invalid is a 422 about one field: code is missing, missing_field, invalid, already_exists, unprocessable or custom.
func invalid(resource, field, code string) *fault {
	return &fault{status: http.StatusUnprocessableEntity, message: "Validation Failed",
		errors: []any{object{"resource": resource, "field": field, "code": code}}}
}

// custom is a 422 with words of its own.
func custom(resource, field, message string) *fault {
	return &fault{status: http.StatusUnprocessableEntity, message: "Validation Failed",
		errors: []any{object{"resource": resource, "field": field, "code": "custom", "message": message}}}
}

// malformed is the 422 GitHub gives for a body whose fields have the wrong JSON type.
func malformed(detail string) *fault {
	return fail(http.StatusUnprocessableEntity, "Invalid request.\n\n"+detail)
}

// asFault turns any error of the world into GitHub's shape.
func asFault(err error) *fault {
	var f *fault
	if errors.As(err, &f) {
		return f
	}
	var w *world.Error
	if !errors.As(err, &w) {
		return fail(http.StatusInternalServerError, "Server Error: "+err.Error())
	}
	f = fail(w.Status, w.Message)
	if w.Status == http.StatusNotFound {
		f.message = "Not Found"
	}
	for _, e := range w.Fields {
		o := object{"resource": e.Resource, "code": e.Code}
		if e.Field != "" {
			o["field"] = e.Field
		}
		if e.Message != "" {
			o["message"] = e.Message
		}
		f.errors = append(f.errors, o)
	}
	return f
}
