// Package forest fits forests of decision trees by gradient boosting.
package forest
