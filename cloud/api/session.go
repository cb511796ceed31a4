package api

import (
	"context"
	"net/http"
	"time"
)

// cookieFor is how long a browser keeps the cookie. The server's own limit,
// in Deps.Sessions, is shorter and counts from the last use.
const cookieFor = 90 * 24 * time.Hour

type loginInput struct{ Body Login }

func (in *loginInput) about() (string, string) { return "", "user " + in.Body.Name }

type loggedIn struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      Session
}

func (o *loggedIn) by() string { return o.Body.Name }

type cookieOnly struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (a *API) logIn(ctx context.Context, in *loginInput) (*loggedIn, error) {
	token, s, err := a.deps.Sessions.Login(ctx, in.Body, callerOf(ctx).address)
	if err != nil {
		return nil, err
	}
	return &loggedIn{a.cookie(token, cookieFor), s}, nil
}

func (a *API) readSession(ctx context.Context, _ *none) (*body[Session], error) {
	return &body[Session]{callerOf(ctx).Session}, nil
}

func (a *API) logOut(ctx context.Context, _ *none) (*cookieOnly, error) {
	if err := a.deps.Sessions.Logout(ctx, callerOf(ctx).token); err != nil {
		return nil, err
	}
	return &cookieOnly{a.cookie("", -time.Second)}, nil
}

func (a *API) cookie(token string, life time.Duration) http.Cookie {
	return http.Cookie{
		Name: cookieName, Value: token, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: a.opts.SecureCookie, SameSite: http.SameSiteStrictMode,
	}
}
