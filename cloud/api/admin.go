package api

import (
	"context"
	"net/http"
	"strconv"
)

type quarantineQuery struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

type quarantineID struct {
	ID int64 `path:"id" minimum:"1"`
}

func (in *quarantineID) about() (string, string) {
	return "", "message " + strconv.FormatInt(in.ID, 10)
}

type userName struct {
	Name string `path:"name" maxLength:"64"`
}

func (in *userName) about() (string, string) { return "", "user " + in.Name }

type newUserInput struct{ Body NewUser }

func (in *newUserInput) about() (string, string) {
	return "", "user " + in.Body.Name + " role " + in.Body.Role
}

func (a *API) listQuarantine(ctx context.Context, q *quarantineQuery) (*list[Quarantined], error) {
	all, err := a.deps.Quarantine.Quarantine(ctx, q.Limit)
	return answerList(all, err)
}

func (a *API) replayQuarantine(ctx context.Context, in *quarantineID) (*none, error) {
	return &none{}, a.deps.Quarantine.Replay(ctx, in.ID)
}

func (a *API) listUsers(ctx context.Context, _ *none) (*list[User], error) {
	all, err := a.deps.Users.Users(ctx)
	return answerList(all, err)
}

func (a *API) createUser(ctx context.Context, in *newUserInput) (*none, error) {
	return &none{}, a.deps.Users.CreateUser(ctx, in.Body)
}

func (a *API) disableUser(ctx context.Context, in *userName) (*none, error) {
	if in.Name == callerOf(ctx).Name {
		return nil, NewProblem(http.StatusConflict, CodeConflict, "nobody may disable the own account", "Ask another administrator.")
	}
	return &none{}, a.deps.Users.DisableUser(ctx, in.Name)
}
