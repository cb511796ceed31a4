package broker

import (
	"context"
	"log/slog"
)

// quiet is what mochi logs through: its news about clients are details here,
// and packets, which hold what gateways say about residents, are left out.
type quiet struct{ slog.Handler }

// Enabled asks for the lowered level.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return q.Handler.Enabled(ctx, lowered(l))
}

// Handle passes on a record, lowered and without packets.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	message := r.Message
	if message == "" {
		message = "connection ended"
	}
	out := slog.NewRecord(r.Time, lowered(r.Level), message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "pk" && a.Key != "packet" {
			out.AddAttrs(a)
		}
		return true
	})
	return q.Handler.Handle(ctx, out)
}

// WithAttrs keeps the wrapper on.
func (q quiet) WithAttrs(as []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(as)} }

// WithGroup keeps the wrapper on.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }

func lowered(l slog.Level) slog.Level {
	if l >= slog.LevelError {
		return l
	}
	return slog.LevelDebug
}
