// Package demo is a home of eight residents who exist only as models: their
// hearts, breath and movement are played into register-level models of the
// chips, so that drivers, detectors, wire, broker and database run as in a
// house. Nothing in it is a person's data, and no figure of it is evidence of
// how well detection works on people.
package demo
