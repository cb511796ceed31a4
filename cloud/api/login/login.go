package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

var (
	// ErrRefused says that name and password do not belong together.
	ErrRefused = errors.New("login: name or password is wrong")
	// ErrTooMany says that this name or address has to wait.
	ErrTooMany = errors.New("login: too many tries")
	// ErrNotFound is what the accounts return for a name or a session that
	// they do not have.
	ErrNotFound = errors.New("login: not found")
)

// User is an account.
type User struct {
	Name     string
	Role     string
	Language string
	Password string // PHC string
	Disabled bool
	Created  time.Time
}

type accounts interface {
	User(ctx context.Context, name string) (User, error)
	AddSession(ctx context.Context, hash []byte, user string, at, expires time.Time) error
	SessionUser(ctx context.Context, hash []byte, at time.Time) (u User, expires time.Time, err error)
	ExtendSession(ctx context.Context, hash []byte, at, expires time.Time) error
	DropSession(ctx context.Context, hash []byte) error
}

// Opts are what may stay unset.
type Opts struct {
	SessionFor time.Duration // without use; 12 h where 0: one long shift
	Params     Params        // DefaultParams where zero
}

// Service logs people in and out.
type Service struct {
	accounts accounts
	opts     Opts
	limiter  *limiter
	decoy    string        // hash of a password that nobody has
	slots    chan struct{} // bounds the memory that argon2 takes at once
	log      *slog.Logger
}

// New makes a service over the accounts.
func New(a accounts, log *slog.Logger, o Opts) *Service {
	if o.SessionFor == 0 {
		o.SessionFor = 12 * time.Hour
	}
	if o.Params == (Params{}) {
		o.Params = DefaultParams
	}
	return &Service{accounts: a, opts: o, limiter: newLimiter(), decoy: Hash(rand.Text(), o.Params),
		slots: make(chan struct{}, 2), log: log.With("component", "login")}
}

// Login checks name and password and returns the token of a new session. The
// error wraps ErrRefused or ErrTooMany where the person is to be told.
func (s *Service) Login(ctx context.Context, name, password, address string, now time.Time) (token string, u User, err error) {
	if !s.limiter.allow(name, address, now) {
		s.log.Warn("log-in refused: too many tries", "name", name, "address", address)
		return "", User{}, ErrTooMany
	}
	u, err = s.accounts.User(ctx, name)
	known := err == nil && !u.Disabled
	if err != nil && !errors.Is(err, ErrNotFound) {
		return "", User{}, fmt.Errorf("login: reading the account: %w", err)
	}
	phc := u.Password
	if !known {
		phc = s.decoy // so that the answer takes as long
	}
	ok, err := s.verify(ctx, password, phc)
	if err != nil {
		return "", User{}, fmt.Errorf("login: checking the password of %s: %w", name, err)
	}
	if !ok || !known {
		s.log.Warn("log-in refused", "name", name, "address", address)
		return "", User{}, ErrRefused
	}
	token = rand.Text()
	if err := s.accounts.AddSession(ctx, hash(token), u.Name, now, now.Add(s.opts.SessionFor)); err != nil {
		return "", User{}, fmt.Errorf("login: keeping the session: %w", err)
	}
	s.limiter.forgive(name, address)
	s.log.Info("logged in", "name", u.Name, "address", address)
	return token, u, nil
}

func (s *Service) verify(ctx context.Context, password, phc string) (bool, error) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
		return Verify(password, phc)
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// Session returns whose session the token is of, or ErrNotFound. A session that
// is used lives on: a station that hangs on the wall must not fall silent in
// the night because somebody logged in twelve hours ago.
func (s *Service) Session(ctx context.Context, token string, now time.Time) (User, error) {
	h := hash(token)
	u, expires, err := s.accounts.SessionUser(ctx, h, now)
	if err != nil {
		return User{}, err
	}
	if expires.Sub(now) < s.opts.SessionFor/2 {
		if err := s.accounts.ExtendSession(ctx, h, now, now.Add(s.opts.SessionFor)); err != nil {
			s.log.Error("session not extended", "name", u.Name, "error", err)
		}
	}
	return u, nil
}

// Logout ends a session.
func (s *Service) Logout(ctx context.Context, token string) error {
	return s.accounts.DropSession(ctx, hash(token))
}

func hash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
