package config

import (
	"strings"
	"time"

	"osmanthus/internal/yamlfile"
)

// Hours is a part of the local day, as in "22:00-06:00", "always" or "never".
// The zero value is what stands where the file says nothing.
type Hours struct {
	Given    bool
	Never    bool
	From, To time.Duration // since 00:00; both 0 for always
}

// UnmarshalYAML reads hours.
func (h *Hours) UnmarshalYAML(n *yamlfile.Node) error {
	*h = Hours{Given: true}
	switch n.Value {
	case "always":
		return nil
	case "never":
		h.Never = true
		return nil
	}
	from, to, ok := strings.Cut(n.Value, "-")
	f, err1 := time.Parse("15:04", strings.TrimSpace(from))
	t, err2 := time.Parse("15:04", strings.TrimSpace(to))
	if !ok || err1 != nil || err2 != nil {
		return yamlfile.Refuse(n, `%q is not hours, as in "22:00-06:00", always or never`, n.Value)
	}
	h.From, h.To = clock(f), clock(t)
	if h.From == h.To {
		return yamlfile.Refuse(n, `%q begins when it ends; use always or never`, n.Value)
	}
	return nil
}

func clock(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// Wait is a duration, or never. The zero value is what stands where the file
// says nothing.
type Wait time.Duration

// Never is a Wait that does not end.
const Never Wait = -1

// UnmarshalYAML reads a duration with its unit, or "never".
func (w *Wait) UnmarshalYAML(n *yamlfile.Node) error {
	if n.Value == "never" {
		*w = Never
		return nil
	}
	if err := yamlfile.Duration(n, (*time.Duration)(w), `"15m" or never`); err != nil {
		return err
	}
	if *w == 0 {
		return yamlfile.Refuse(n, "%q is no time to wait: say never, or leave it out for what is usual", n.Value)
	}
	return nil
}

// String returns the duration with its unit, or "never".
func (w Wait) String() string {
	if w < 0 {
		return "never"
	}
	return time.Duration(w).String()
}
