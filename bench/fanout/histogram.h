/* A histogram of microseconds with 64 buckets an octave: percentiles are within 1.6 %, the maximum is exact. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H

#include <stdint.h>
#include <string.h>

enum { STEP_BITS = 6, STEPS = 1 << STEP_BITS, BUCKETS = (64 - STEP_BITS + 1) * STEPS };

struct histogram {
    uint64_t counts[BUCKETS];
    uint64_t total;
    uint64_t most;
};

static inline void record(struct histogram *all, int64_t ns) {
    uint64_t us = ns > 0 ? (uint64_t)ns / 1000 : 0;
    size_t bucket = us;
    if (us >= STEPS) {
        int shift = 63 - __builtin_clzll(us) - STEP_BITS;
        bucket = (size_t)(shift + 1) * STEPS + (us >> shift) - STEPS;
    }
    all->counts[bucket]++;
    all->total++;
    if (us > all->most) all->most = us;
}

static inline void add(struct histogram *all, const struct histogram *more) {
    for (size_t i = 0; i < BUCKETS; i++) all->counts[i] += more->counts[i];
    all->total += more->total;
    if (more->most > all->most) all->most = more->most;
}

/* The percentile at `share`, in milliseconds. */
static inline double percentile(const struct histogram *all, double share) {
    uint64_t rank = (uint64_t)(share * (double)all->total + 0.999999), seen = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        seen += all->counts[i];
        if (seen < rank || seen == 0) continue;
        int shift = i < STEPS ? 0 : (int)(i / STEPS) - 1;
        double low = i < STEPS ? (double)i : (double)((i % STEPS + STEPS) << shift);
        double middle = low + (double)((uint64_t)1 << shift) / 2;
        return (middle < (double)all->most ? middle : (double)all->most) / 1000;
    }
    return 0;
}

#endif
