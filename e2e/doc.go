// Package e2e tells, with real parts, the stories that the product is for: a
// fall reaches a nurse, and nothing is lost on the way.
package e2e
