package world

import "fmt"

// Error is a refusal in GitHub's words. Status is what REST answers with, Type
// what GraphQL names it: NOT_FOUND, FORBIDDEN, UNPROCESSABLE,
// INSUFFICIENT_SCOPES, UNAUTHENTICATED.
type Error struct {
	Status  int
	Type    string
	Message string
	Fields  []FieldError // REST "errors"
}

// FieldError is one entry of "errors" in a 422 answer.
type FieldError struct {
	Resource string `json:"resource,omitempty"`
	Field    string `json:"field,omitempty"`
	Code     string `json:"code,omitempty"` // missing, missing_field, invalid, already_exists, unprocessable, custom
	Message  string `json:"message,omitempty"`
	Value    string `json:"value,omitempty"`
}

// Error joins the message with the fields' own.
func (e *Error) Error() string {
	text := e.Message
	for _, f := range e.Fields {
		if f.Message != "" {
			text += ": " + f.Message
		} else {
			text += fmt.Sprintf(": %s %s %s", f.Resource, f.Field, f.Code)
		}
	}
	return text
}

func notFound() *Error { return &Error{Status: 404, Type: "NOT_FOUND", Message: "Not Found"} }

func forbidden(message string) *Error {
	return &Error{Status: 403, Type: "FORBIDDEN", Message: message}
}

// refused is a 422 whose message says it all.
func refused(format string, args ...any) *Error {
	return &Error{Status: 422, Type: "UNPROCESSABLE", Message: fmt.Sprintf(format, args...)}
}

// invalid is a 422 "Validation Failed" with its fields.
func invalid(fields ...FieldError) *Error {
	return &Error{Status: 422, Type: "UNPROCESSABLE", Message: "Validation Failed", Fields: fields}
}

func custom(resource, field, message string) FieldError {
	return FieldError{Resource: resource, Field: field, Code: "custom", Message: message}
}

func coded(resource, field, code string) FieldError {
	return FieldError{Resource: resource, Field: field, Code: code}
}

func status(code int, format string, args ...any) *Error {
	return &Error{Status: code, Type: "UNPROCESSABLE", Message: fmt.Sprintf(format, args...)}
}
