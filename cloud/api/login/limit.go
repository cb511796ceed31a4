package login

import (
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A name and an address together may fail five times at once and then once in
// twelve seconds; an address alone, behind which a whole station may sit,
// thirty times and then once in two seconds; a name alone, whoever asks from
// wherever, fifty times and then once in six seconds.
var limits = map[string]struct {
	every time.Duration
	burst int
}{"pair": {12 * time.Second, 5}, "address": {2 * time.Second, 30}, "name": {6 * time.Second, 50}}

// limiter counts tries. It forgets who was quiet for an hour.
type limiter struct {
	mu    sync.Mutex
	seen  map[string]*seen
	swept time.Time
}

type seen struct {
	*rate.Limiter
	last time.Time
}

func newLimiter() *limiter { return &limiter{seen: map[string]*seen{}} }

// allow counts a try and reports whether it may be made. The address comes
// first: one that is refused leaves no trace of the names that it tries.
func (l *limiter) allow(name, address string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	name = strings.ToLower(name)
	if !l.count("address", address, now) {
		return false
	}
	pair, all := l.count("pair", name+"\x00"+address, now), l.count("name", name, now)
	return pair && all
}

func (l *limiter) count(kind, key string, now time.Time) bool {
	key = kind + "\x00" + key
	s := l.seen[key]
	if s == nil {
		s = &seen{Limiter: rate.NewLimiter(rate.Every(limits[kind].every), limits[kind].burst)}
		l.seen[key] = s
	}
	s.last = now
	return s.AllowN(now, 1)
}

// forgive forgets the failures of who has logged in.
func (l *limiter) forgive(name, address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.seen, "pair\x00"+strings.ToLower(name)+"\x00"+address)
}

func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < time.Minute {
		return
	}
	l.swept = now
	for key, s := range l.seen {
		if now.Sub(s.last) > time.Hour {
			delete(l.seen, key)
		}
	}
}
