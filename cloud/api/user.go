package api

import "time"

// Session is who is logged in here.
type Session struct {
	Name     string `json:"name"`
	Role     string `json:"role" enum:"nurse,admin"`
	Language string `json:"language" enum:"zh-CN,en"`
}

// Login is what a person types to log in.
type Login struct {
	Name     string `json:"name" minLength:"1" maxLength:"64"`
	Password string `json:"password" minLength:"1" maxLength:"256"`
}

// User is an account. Passwords never leave the server.
type User struct {
	Name     string    `json:"name"`
	Role     string    `json:"role" enum:"nurse,admin"`
	Language string    `json:"language" enum:"zh-CN,en"`
	Disabled bool      `json:"disabled"`
	Created  time.Time `json:"created"`
}

// NewUser is an account that an administrator creates.
type NewUser struct {
	Name     string `json:"name" minLength:"1" maxLength:"64"`
	Password string `json:"password" minLength:"10" maxLength:"256"`
	Role     string `json:"role" enum:"nurse,admin"`
	Language string `json:"language,omitempty" enum:"zh-CN,en" default:"zh-CN"`
}
