package login

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"testing"
	"time"
)

var (
	t0    = time.Date(2026, 3, 1, 2, 0, 0, 0, time.UTC)
	cheap = Params{Memory: 8, Time: 1, Threads: 1}
)

type book struct {
	users    map[string]User
	sessions map[string]string
	expires  map[string]time.Time
}

func (b *book) User(_ context.Context, name string) (User, error) {
	u, ok := b.users[name]
	if !ok {
		return User{}, ErrNotFound
	}
	return u, nil
}

func (b *book) AddSession(_ context.Context, h []byte, user string, _, expires time.Time) error {
	b.sessions[string(h)], b.expires[string(h)] = user, expires
	return nil
}

func (b *book) SessionUser(ctx context.Context, h []byte, at time.Time) (User, time.Time, error) {
	if !at.Before(b.expires[string(h)]) {
		return User{}, time.Time{}, ErrNotFound
	}
	u, err := b.User(ctx, b.sessions[string(h)])
	return u, b.expires[string(h)], err
}

func (b *book) ExtendSession(_ context.Context, h []byte, _, expires time.Time) error {
	b.expires[string(h)] = expires
	return nil
}

func (b *book) DropSession(_ context.Context, h []byte) error {
	delete(b.sessions, string(h))
	return nil
}

func service() (*Service, *book) {
	b := &book{map[string]User{
		"li":  {Name: "li", Role: "nurse", Password: Hash("correct horse", cheap)},
		"old": {Name: "old", Role: "nurse", Password: Hash("correct horse", cheap), Disabled: true},
	}, map[string]string{}, map[string]time.Time{}}
	return New(b, slog.New(slog.DiscardHandler), Opts{Params: cheap}), b
}

func TestLoginAndLogout(t *testing.T) {
	s, b := service()
	token, u, err := s.Login(t.Context(), "li", "correct horse", "10.0.0.7", t0)
	if err != nil || u.Name != "li" {
		t.Fatal(u, err)
	}
	for h := range b.sessions {
		if strings.Contains(h, token) || len(h) != 32 {
			t.Error("the token stands in the store")
		}
	}
	if u, err := s.Session(t.Context(), token, t0); err != nil || u.Name != "li" {
		t.Error(u, err)
	}
	if _, err := s.Session(t.Context(), token+"x", t0); !errors.Is(err, ErrNotFound) {
		t.Error("a forged token:", err)
	}
	if err := s.Logout(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session(t.Context(), token, t0); !errors.Is(err, ErrNotFound) {
		t.Error("a session that was ended:", err)
	}
}

func TestASessionLivesWhileItIsUsed(t *testing.T) {
	s, _ := service()
	token, _, err := s.Login(t.Context(), "li", "correct horse", "10.0.0.7", t0)
	if err != nil {
		t.Fatal(err)
	}
	at := t0
	for range 20 {
		at = at.Add(7 * time.Hour)
		if _, err := s.Session(t.Context(), token, at); err != nil {
			t.Fatalf("after %v of use: %v", at.Sub(t0), err)
		}
	}
	if _, err := s.Session(t.Context(), token, at.Add(13*time.Hour)); !errors.Is(err, ErrNotFound) {
		t.Errorf("after 13 h of rest: %v", err)
	}
}

func TestAStrangerLearnsNothing(t *testing.T) {
	s, _ := service()
	for _, c := range [][2]string{{"li", "wrong"}, {"nobody", "correct horse"}, {"old", "correct horse"}} {
		if _, _, err := s.Login(t.Context(), c[0], c[1], "10.0.0."+c[0], t0); !errors.Is(err, ErrRefused) || err.Error() != ErrRefused.Error() {
			t.Errorf("%s: %v", c[0], err)
		}
	}
}

func TestGuessingIsSlow(t *testing.T) {
	s, _ := service()
	try := func(name, password, address string, at time.Time) error {
		_, _, err := s.Login(t.Context(), name, password, address, at)
		return err
	}
	for range 5 {
		if err := try("li", "guess", "10.0.0.9", t0); !errors.Is(err, ErrRefused) {
			t.Fatal(err)
		}
	}
	if err := try("LI", "correct horse", "10.0.0.9", t0); !errors.Is(err, ErrTooMany) {
		t.Errorf("the sixth try: %v", err)
	}
	if err := try("li", "correct horse", "10.0.0.7", t0); err != nil {
		t.Errorf("li at her own station is locked out: %v", err)
	}
	if err := try("li", "correct horse", "10.0.0.9", t0.Add(13*time.Second)); err != nil {
		t.Errorf("after waiting: %v", err)
	}
	var tooMany bool
	for i := range 60 {
		tooMany = tooMany || errors.Is(try(string(rune('a'+i)), "x", "10.0.0.66", t0), ErrTooMany)
	}
	if !tooMany {
		t.Error("one address may try sixty names")
	}
	for i := range 5000 {
		s.limiter.allow(strconv.Itoa(i), "10.0.0.66", t0)
	}
	if n := len(s.limiter.seen); n > 200 {
		t.Errorf("a stranger fills the memory: %d entries of one address", n)
	}
	s.limiter.allow("x", "y", t0.Add(3*time.Hour))
	if len(s.limiter.seen) > 3 {
		t.Errorf("%d are remembered for ever", len(s.limiter.seen))
	}
}

func TestVerifyRefusesForeignHashes(t *testing.T) {
	good := Hash("p", cheap)
	if ok, err := Verify("p", good); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if Hash("p", cheap) == good {
		t.Error("no salt")
	}
	for _, bad := range []string{"", "plain", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "m=8", "m=99999999", 1),
		strings.Replace(good, "t=1", "t=0", 1), strings.Replace(good, "p=1", "p=0", 1), good[:len(good)-30] + "!!", good + "$"} {
		if ok, err := Verify("p", bad); ok || err == nil {
			t.Errorf("%q: %v, %v", bad, ok, err)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add(Hash("p", cheap))
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, phc string) {
		if strings.Contains(phc, "m=") && len(phc) > 200 {
			t.Skip()
		}
		if ok, _ := Verify("p", phc); ok && !strings.HasPrefix(phc, "$argon2id$") {
			t.Error(phc)
		}
	})
}

func BenchmarkDefaultParams(b *testing.B) {
	phc := Hash("correct horse", DefaultParams)
	for b.Loop() {
		if ok, err := Verify("correct horse", phc); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
