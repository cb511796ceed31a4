package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Prefix is where the API begins on the server.
const Prefix = "/api/v1"

// Opts are what a site may choose.
type Opts struct {
	Site         string // shown on the board
	Version      string // of the program, told to pages so that they reload
	SecureCookie bool   // browsers reach the server by TLS
}

// API serves Prefix. Make it with New.
type API struct {
	deps Deps
	opts Opts
	huma huma.API
	mux  http.Handler
	feed *feed
	// reads holds who read what lately, for the audit log.
	reads reads
}

// New builds the API over what fulfils its needs.
func New(d Deps, o Opts) *API {
	mux := http.NewServeMux()
	a := &API{deps: d, opts: o, feed: newFeed()}
	a.huma = humago.NewWithPrefix(mux, Prefix, humaConfig())
	a.routes()
	hideHumaErrors(a.huma.OpenAPI())
	// Refuses what another site's page sends with this browser's cookie.
	a.mux = http.NewCrossOriginProtection().Handler(mux)
	return a
}

// ServeHTTP answers one request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	a.mux.ServeHTTP(w, r)
}

// routes is every operation on one screen: who may, and what.
func (a *API) routes() {
	handle(a, operation{post, "/session", "log-in", anyone, "Log in", audited}, a.logIn)
	handle(a, operation{get, "/session", "read-session", nurse, "Who is logged in here", quiet}, a.readSession)
	handle(a, operation{remove, "/session", "log-out", nurse, "Log out", audited}, a.logOut)

	handle(a, operation{get, "/board", "read-board", nurse, "All that a nurse station shows", audited}, a.readBoard)
	stream(a, operation{get, "/events", "follow-events", nurse, "Changes as they happen", audited}, a.follow)

	handle(a, operation{get, "/alarms", "list-alarms", nurse, "Alarms, the newest first", audited}, a.listAlarms)
	handle(a, operation{get, "/alarms/{id}", "read-alarm", nurse, "One alarm with its history", audited}, a.readAlarm)
	handle(a, operation{post, "/alarms/{id}/acknowledge", "acknowledge-alarm", nurse, "Take an alarm over; it stops ringing", audited}, a.act("acknowledge"))
	handle(a, operation{post, "/alarms/{id}/on-site", "on-site-alarm", nurse, "Say that somebody is with the resident", audited}, a.act("on-site"))
	handle(a, operation{post, "/alarms/{id}/close", "close-alarm", nurse, "End an alarm, with what it was", audited}, a.act("close"))
	handle(a, operation{post, "/alarms/{id}/displayed", "displayed-alarm", nurse, "Receipt of a station that shows the alarm", quiet}, a.act("displayed"))

	handle(a, operation{get, "/residents", "list-residents", nurse, "Residents of the site", audited}, a.listResidents)
	handle(a, operation{get, "/residents/{id}", "read-resident", nurse, "One resident with latest values", audited}, a.readResident)
	handle(a, operation{get, "/residents/{id}/readings", "read-readings", nurse, "The course of one metric, gaps as gaps", audited}, a.readReadings)
	handle(a, operation{get, "/residents/{id}/notes", "list-notes", nurse, "Notes about one resident, the newest first", audited}, a.listNotes)

	handle(a, operation{get, "/gateways", "list-gateways", nurse, "Gateways and whether they speak", quiet}, a.listGateways)
	handle(a, operation{get, "/quarantine", "list-quarantine", admin, "Messages that could not be accepted", quiet}, a.listQuarantine)
	handle(a, operation{post, "/quarantine/{id}/replay", "replay-quarantine", admin, "Try a message again", audited}, a.replayQuarantine)

	handle(a, operation{get, "/users", "list-users", admin, "Accounts", quiet}, a.listUsers)
	handle(a, operation{post, "/users", "create-user", admin, "Create an account", audited}, a.createUser)
	handle(a, operation{post, "/users/{name}/disable", "disable-user", admin, "End an account and its sessions", audited}, a.disableUser)
}

// Spec returns the OpenAPI 3.1 description as YAML, always the same bytes.
func Spec() ([]byte, error) { return New(Deps{}, Opts{}).huma.OpenAPI().YAML() }

func humaConfig() huma.Config {
	c := huma.DefaultConfig("Osmanthus", "1")
	c.Info.Description = "What the nurse station and other clients of a site may ask. " +
		"Times are RFC 3339 in UTC, durations in seconds. Errors are RFC 9457 problems."
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	c.Transformers = []huma.Transformer{asProblem}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
	}
	return c
}

// hideHumaErrors removes the error schemas that huma always registers: clients
// only ever see Problem.
func hideHumaErrors(o *huma.OpenAPI) {
	delete(o.Components.Schemas.Map(), "ErrorModel")
	delete(o.Components.Schemas.Map(), "ErrorDetail")
}

type none struct{}

// body wraps what goes out as JSON.
type body[T any] struct{ Body T }

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// list is body for lists, which are never null.
type list[T any] struct {
	Body []T `nullable:"false"`
}

func answerList[T any](v []T, err error) (*list[T], error) {
	if err != nil {
		return nil, err
	}
	return &list[T]{orEmpty(v)}, nil
}

func (a *API) listGateways(ctx context.Context, _ *none) (*list[Gateway], error) {
	g, err := a.deps.Gateways.Gateways(ctx)
	return answerList(g, err)
}

// orEmpty keeps null out of the JSON where a list is meant.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
