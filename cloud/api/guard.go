package api

import (
	"context"
	"encoding/json"
	"net"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

const cookieName = "osmanthus_session"

// caller is who sent the request.
type caller struct {
	Session
	token   string
	address string // without the port
}

type callerKey struct{}

func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// guard lets only those through who may use the operation.
func (a *API) guard(op operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := caller{address: host(ctx.RemoteAddr())}
		if op.who > anyone {
			if p := a.identify(ctx, op, &c); p != nil {
				write(ctx, p)
				return
			}
		}
		next(huma.WithValue(ctx, callerKey{}, c))
	}
}

func (a *API) identify(ctx huma.Context, op operation, c *caller) *Problem {
	cookie, err := huma.ReadCookie(ctx, cookieName)
	if err != nil || cookie.Value == "" {
		return NewProblem(http.StatusUnauthorized, CodeNotLoggedIn, "nobody is logged in here", "Log in.")
	}
	s, ok, err := a.deps.Sessions.Session(ctx.Context(), cookie.Value)
	switch {
	case err != nil:
		a.deps.Log.Error("session not read", "operation", op.id, "error", err)
		return internal()
	case !ok:
		a.deps.Log.Warn("unknown or expired session refused", "operation", op.id, "address", c.address)
		return NewProblem(http.StatusUnauthorized, CodeNotLoggedIn, "the session is unknown or has ended", "Log in again.")
	case op.who == admin && s.Role != "admin":
		a.deps.Log.Warn("forbidden operation refused", "operation", op.id, "who", s.Name, "address", c.address)
		p := NewProblem(http.StatusForbidden, CodeForbidden, "only administrators may do this", "Ask an administrator.")
		a.record(context.WithValue(ctx.Context(), callerKey{}, caller{s, cookie.Value, c.address}), op, p)
		return p
	}
	c.Session, c.token = s, cookie.Value
	return nil
}

func write(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	// The client is gone when this fails; there is nobody left to tell.
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p)
}

func host(addr string) string {
	if h, _, err := net.SplitHostPort(addr); err == nil {
		return h
	}
	return addr
}
