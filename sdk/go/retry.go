package thecloud

import (
	"context"
	"math/rand/v2"
	"time"

	"google.golang.org/grpc/codes"
)

// A RetryPolicy says what is tried again, and when. With MaxRetries 0 nothing is.
type RetryPolicy struct {
	// MaxRetries is how often a call is tried again after its first attempt.
	MaxRetries int
	// BaseDelay is the first pause; each later one is twice as long, up to MaxDelay, with jitter.
	BaseDelay, MaxDelay time.Duration
	// A cloud that asks for a longer pause than MaxRetryAfter gets none: the caller is told instead.
	MaxRetryAfter time.Duration
}

// DefaultRetryPolicy is what New uses unless it is told otherwise.
var DefaultRetryPolicy = RetryPolicy{
	MaxRetries:    3,
	BaseDelay:     250 * time.Millisecond,
	MaxDelay:      5 * time.Second,
	MaxRetryAfter: 10 * time.Second,
}

// repeat says what repeating a call would do.
type repeat int

const (
	// repeatKeyed: its idempotency key makes a repetition the same one.
	repeatKeyed repeat = iota
	repeatRead
	// repeatOnce: a repetition would do it twice, so only what was refused before it began is tried again.
	repeatOnce
)

func (p RetryPolicy) backoff(retries int) time.Duration {
	pause := p.MaxDelay
	if retries < 30 {
		pause = min(pause, p.BaseDelay<<retries)
	}
	return time.Duration(float64(pause) * (0.5 + rand.Float64()/2))
}

// delay is the pause before the next attempt; false: the error stands.
func (p RetryPolicy) delay(err *Error, retries int, how repeat) (time.Duration, bool) {
	if retries >= p.MaxRetries || !passes(err, how) {
		return 0, false
	}
	pause := p.backoff(retries)
	if err.RetryAfter == nil {
		return pause, true
	}
	return max(pause, *err.RetryAfter), *err.RetryAfter <= p.MaxRetryAfter
}

// passes is true of what goes away by itself, so that the call may be repeated.
func passes(err *Error, how repeat) bool {
	says := err.RetryAfter != nil
	if how == repeatOnce {
		return err.Code == codes.ResourceExhausted && says
	}
	return err.Code == codes.Unavailable || says && (err.Code == codes.ResourceExhausted || err.Code == codes.Aborted)
}

// sleep is false when the context ends, or would end, before.
func sleep(ctx context.Context, pause time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= pause {
		return false
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
