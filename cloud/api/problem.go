package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Problem is what an error looks like outside: an RFC 9457 problem with a code
// for programs and a hint for people.
type Problem struct {
	Title  string   `json:"title" doc:"What kind of problem, in a few words"`
	Status int      `json:"status" doc:"HTTP status"`
	Detail string   `json:"detail,omitempty" doc:"What is wrong this time"`
	Code   string   `json:"code" doc:"For programs; never changes its meaning"`
	Hint   string   `json:"hint,omitempty" doc:"What to do about it"`
	Errors []string `json:"errors,omitempty" nullable:"false" doc:"Each mistake of the request, with its place"`
}

// Error returns the problem in one line.
func (p *Problem) Error() string { return "api: " + p.Code + ": " + p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType says that the body is a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// Codes of problems that this package makes itself.
const (
	CodeInternal    = "internal"
	CodeInvalid     = "invalid"
	CodeNotLoggedIn = "not_logged_in"
	CodeForbidden   = "forbidden"
	CodeNotFound    = "not_found"
	CodeConflict    = "conflict"
	CodeTooMany     = "too_many"
)

// NewProblem makes a problem that a stranger may see.
func NewProblem(status int, code, detail, hint string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail, Hint: hint}
}

// internal is all that a stranger learns about a fault of ours.
func internal() *Problem {
	return &Problem{Title: "internal error", Status: http.StatusInternalServerError, Code: CodeInternal,
		Detail: "internal error", Hint: "The log of the server says more."}
}

// expose turns any error into what a stranger may see; what he may not see is
// logged instead.
func expose(ctx context.Context, log *slog.Logger, operation string, err error) error {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if ctx.Err() == nil {
		log.Error("request failed", "operation", operation, "error", err)
	}
	return internal()
}

// asProblem is a huma transformer: it gives huma's own errors (bad JSON, a
// value out of its range) the shape of a Problem.
func asProblem(_ huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := NewProblem(m.Status, codeOf(m.Status), m.Detail, "")
	if m.Status >= http.StatusInternalServerError {
		return internal(), nil
	}
	for _, e := range m.Errors {
		p.Errors = append(p.Errors, strings.TrimSpace(e.Location+" "+e.Message))
	}
	if len(p.Errors) > 0 {
		p.Hint = "Correct what errors lists."
	}
	return p, nil
}

func codeOf(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return CodeNotLoggedIn
	case http.StatusForbidden:
		return CodeForbidden
	case http.StatusNotFound:
		return CodeNotFound
	case http.StatusConflict:
		return CodeConflict
	case http.StatusTooManyRequests:
		return CodeTooMany
	}
	return CodeInvalid
}
