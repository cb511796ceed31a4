package cloud

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"osmanthus/care"
	"osmanthus/cloud/api"
	"osmanthus/cloud/api/login"
	"osmanthus/cloud/sql"
)

// records answers the API from SQLite.
type records struct{ db *sql.DB }

func (r records) Residents(ctx context.Context) ([]api.Resident, error) {
	all, err := r.db.Residents(ctx)
	out := make([]api.Resident, 0, len(all))
	for _, one := range all {
		out = append(out, resident(one))
	}
	return out, err
}

func (r records) Resident(ctx context.Context, id string) (api.Resident, error) {
	one, err := r.db.Resident(ctx, care.ResidentID(id))
	if errors.Is(err, sql.ErrNotFound) {
		err = api.NewProblem(http.StatusNotFound, api.CodeNotFound, fmt.Sprintf("there is no resident %s", id), "")
	}
	return resident(one), err
}

func resident(r sql.Resident) api.Resident {
	return api.Resident{ID: string(r.ID), Name: r.Name, Place: r.Place, Room: r.Room, Bed: r.Bed, Gateway: string(r.Gateway)}
}

func (r records) Audit(ctx context.Context, e api.AuditEntry) error {
	return r.db.Audit(ctx, sql.AuditEntry(e))
}

func (r records) Quarantine(ctx context.Context, limit int) ([]api.Quarantined, error) {
	all, err := r.db.Quarantined(ctx, limit)
	out := make([]api.Quarantined, 0, len(all))
	for _, q := range all {
		one := api.Quarantined{ID: q.ID, At: q.First, Gateway: string(q.Gateway), Topic: q.Topic, Reason: q.Reason, Bytes: len(q.Payload)}
		if !q.Replayed.IsZero() {
			one.ReplayedAt = &q.Replayed
		}
		out = append(out, one)
	}
	return out, err
}

func (r records) Replay(ctx context.Context, id int64) error {
	_, err := r.db.AskReplay(ctx, id)
	if errors.Is(err, sql.ErrNotFound) {
		return api.NewProblem(http.StatusNotFound, api.CodeNotFound, fmt.Sprintf("message %d is not in quarantine", id), "")
	}
	return err
}

func (r records) Users(ctx context.Context) ([]api.User, error) {
	all, err := r.db.Users(ctx)
	out := make([]api.User, 0, len(all))
	for _, u := range all {
		out = append(out, api.User{Name: u.Name, Role: u.Role, Language: u.Language, Disabled: u.Disabled, Created: u.Created})
	}
	return out, err
}

func (r records) CreateUser(ctx context.Context, u api.NewUser) error {
	err := addUser(ctx, r.db, u, time.Now())
	if errors.Is(err, sql.ErrExists) {
		return api.NewProblem(http.StatusConflict, api.CodeConflict, "this name is taken", "Choose another name.")
	}
	return err
}

func addUser(ctx context.Context, db *sql.DB, u api.NewUser, at time.Time) error {
	return db.AddUser(ctx, sql.User{Name: u.Name, Role: u.Role, Language: u.Language,
		Password: login.Hash(u.Password, login.DefaultParams), Created: at})
}

func (r records) DisableUser(ctx context.Context, name string) error {
	err := r.db.DisableUser(ctx, name)
	if errors.Is(err, sql.ErrNotFound) {
		return api.NewProblem(http.StatusNotFound, api.CodeNotFound, "there is no such account", "")
	}
	return err
}

// accounts lets package login read accounts and keep sessions in SQLite.
type accounts struct{ *sql.DB }

func (a accounts) User(ctx context.Context, name string) (login.User, error) {
	u, err := a.DB.User(ctx, name)
	return login.User(u), known(err)
}

func (a accounts) SessionUser(ctx context.Context, hash []byte, at time.Time) (login.User, time.Time, error) {
	u, expires, err := a.DB.SessionUser(ctx, hash, at)
	return login.User(u), expires, known(err)
}

// known turns the one error that package login knows into its own.
func known(err error) error {
	if errors.Is(err, sql.ErrNotFound) {
		return login.ErrNotFound
	}
	return err
}

// sessions answers the API from package login.
type sessions struct{ service *login.Service }

func (s sessions) Login(ctx context.Context, l api.Login, address string) (string, api.Session, error) {
	token, u, err := s.service.Login(ctx, l.Name, l.Password, address, time.Now())
	switch {
	case errors.Is(err, login.ErrRefused):
		err = api.NewProblem(http.StatusUnauthorized, api.CodeNotLoggedIn, "name or password is wrong", "Try again, or ask an administrator.")
	case errors.Is(err, login.ErrTooMany):
		err = api.NewProblem(http.StatusTooManyRequests, api.CodeTooMany, "too many tries", "Wait a minute.")
	}
	return token, api.Session{Name: u.Name, Role: u.Role, Language: u.Language}, err
}

func (s sessions) Session(ctx context.Context, token string) (api.Session, bool, error) {
	u, err := s.service.Session(ctx, token, time.Now())
	if errors.Is(err, login.ErrNotFound) {
		return api.Session{}, false, nil
	}
	return api.Session{Name: u.Name, Role: u.Role, Language: u.Language}, err == nil, err
}

func (s sessions) Logout(ctx context.Context, token string) error {
	return s.service.Logout(ctx, token)
}
