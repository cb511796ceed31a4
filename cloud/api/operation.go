package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	remove = http.MethodDelete
)

// role is who may use an operation: each may what the one before may.
type role int

const (
	anyone role = iota
	nurse
	admin
)

const (
	quiet   = false // nothing about a resident is read or done
	audited = true  // what is read or done, or was tried, becomes a row of the audit log
)

// operation is one row of the table in routes.
type operation struct {
	method, path, id string
	who              role
	summary          string
	audit            bool
}

// about is implemented by inputs and outputs that concern one resident or thing.
type about interface {
	about() (resident, detail string)
}

// by is implemented by outputs that know who asked when the session does not.
type by interface{ by() string }

// handle registers an operation: the guard before it, the audit log and the
// hiding of inner errors after it.
func handle[I, O any](a *API, op operation, do func(context.Context, *I) (*O, error)) {
	huma.Register(a.huma, a.describe(op), func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			err = expose(ctx, a.deps.Log, op.id, err)
			if op.audit {
				a.record(ctx, op, err, in)
			}
			return nil, err
		}
		if op.audit {
			a.record(ctx, op, nil, in, out)
		}
		return out, nil
	})
}

// stream registers the one operation that never ends by itself.
func stream(a *API, op operation, do func(context.Context, *none, sse.Sender)) {
	sse.Register(a.huma, a.describe(op), events(), func(ctx context.Context, in *none, send sse.Sender) {
		a.record(ctx, op, nil, in)
		do(ctx, in, send)
	})
}

func (a *API) describe(op operation) huma.Operation {
	problem := a.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	d := huma.Operation{
		Method: op.method, Path: op.path, OperationID: op.id, Summary: op.summary,
		MaxBodyBytes: 64 << 10, BodyReadTimeout: 10 * time.Second,
		Middlewares: huma.Middlewares{a.guard(op)},
		Responses: map[string]*huma.Response{"default": {
			Description: "A problem",
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: problem}},
		}},
	}
	if op.who > anyone {
		d.Security = []map[string][]string{{"session": {}}}
	}
	return d
}

// record writes the audit log: that what concerns vs was read or done, or why
// not. A read that a row of the last hour speaks for gets none. Neither does
// who is held off for too many tries: he could fill the disk.
//
// A failure to write is shouted and does not take the answer back: a nurse must
// see an alarm even when the disk is full.
func (a *API) record(ctx context.Context, op operation, failed error, vs ...any) {
	c := callerOf(ctx)
	e := AuditEntry{Who: c.Name, Address: c.address, Action: op.id}
	for _, v := range vs {
		if s, ok := v.(about); ok {
			e.Resident, e.Detail = s.about()
		}
		if s, ok := v.(by); ok {
			e.Who = s.by()
		}
	}
	if p, ok := errors.AsType[*Problem](failed); ok {
		if p.Code == CodeTooMany {
			return
		}
		e.Detail = strings.TrimSpace(e.Detail + " failed: " + p.Code)
	}
	now, k := time.Now().UTC(), readKey{c.token, e}
	if op.method == get && !a.reads.fresh(k, now) {
		return
	}
	e.At = now
	ctx, cancel := lasting(ctx)
	defer cancel()
	if err := a.deps.Audit.Audit(ctx, e); err != nil {
		a.reads.forget(k)
		a.deps.Log.Error("audit log not written", "who", e.Who, "action", e.Action, "resident", e.Resident, "error", err)
	}
}

// lasting keeps what a person did from being undone because the page was closed
// right after the click.
func lasting(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
}
