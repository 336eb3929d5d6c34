/* The load client: `load <port> <control port> <clients> <threads> <mode> [stuck] [server's pid]`.

   Mode `socketio` reads one token per client, one a line, from its input; mode `raw` only opens TCP connections. Then
   it executes one command a line, each answered by a line of JSON:
     connect        connect all clients
     closed S       send each event once all clients have the last one, for S seconds after a warm-up of 0.5 s
     open R S       send R events a second on schedule for S seconds, whether or not earlier ones have arrived; times
                    are of each delivery, and of each event to its last client
     stuck          report how many stuck clients were disconnected; they are drained for this, so it is the last command
     quit
   An error is a line {"error": ...} before the exit. The last `stuck` clients stop reading once connected. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

#define WARM_NS (SECOND / 2)
#define TIMEOUT_NS (30 * SECOND)
#define LATE_NS (10 * SECOND)
#define QUIET_NS (2 * SECOND)
#define POLL_NS (SECOND / 500)

int port;
bool raw;
char **tokens;
atomic_int phase;
atomic_llong progress;

static struct thread *threads;
static int thread_count, control;
static size_t clients, stuck_clients;
static clockid_t server_clock;
static bool has_server;
static atomic_ullong events; /* requested from the server in total */

/* The closed loop. The thread that completes a round starts the next; `threads_left` hands over ownership. */
static atomic_int threads_left;
static atomic_bool loop_over;
static struct {
    int active;
    bool counting;
    int64_t emitted, from, to, until, span;
    uint64_t rounds, bytes;
    double cpu[MOST_THREADS], server;
    struct histogram last;
} loop;

static struct {
    int64_t from, every;
    uint64_t before, total;
    atomic_llong *last; /* of each event, how late its latest delivery was */
} schedule;

int64_t now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * SECOND + at.tv_nsec;
}

static void sleep_ns(int64_t ns) {
    struct timespec time = {ns / SECOND, ns % SECOND};
    nanosleep(&time, NULL);
}

void fail(const char *format, ...) {
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one); /* never released: only the first error is reported */
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (char *at = text; *at; at++)
        if (*at == '"' || *at == '\\' || (unsigned char)*at < ' ' || (unsigned char)*at > '~') *at = '\'';
    printf("{\"error\": \"%s\"}\n", text);
    fflush(stdout);
    _exit(1);
}

#define SUM(field)                                                                                                     \
    ({                                                                                                                 \
        uint64_t sum_ = 0;                                                                                             \
        for (int i_ = 0; i_ < thread_count; i_++) sum_ += threads[i_].field;                                           \
        sum_;                                                                                                          \
    })

static void wait_for_progress(const char *what) {
    sleep_ns(POLL_NS);
    if (now() - atomic_load(&progress) > TIMEOUT_NS) fail("%s: nothing has happened for 30 s", what);
}

static void emit(void) {
    atomic_fetch_add(&events, 1);
    if (send(control, "E", 1, MSG_NOSIGNAL) != 1) fail("the server's control connection is gone");
}

static double seconds_of(clockid_t clock) {
    struct timespec at = {0};
    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void add_usage(int sign) {
    for (int i = 0; i < thread_count; i++) loop.cpu[i] += sign * seconds_of(threads[i].cpu);
    if (has_server) loop.server += sign * seconds_of(server_clock);
    loop.bytes = SUM(bytes) - loop.bytes;
}

static void next_round(void) {
    atomic_store(&threads_left, loop.active);
    loop.emitted = now();
    emit();
}

static void round_done(void) {
    int64_t at = now();
    atomic_store(&progress, at);
    if (loop.counting) {
        loop.rounds++;
        record(&loop.last, at - loop.emitted);
    }
    if (at < loop.until) {
        next_round();
    } else if (!loop.counting) {
        loop.counting = true;
        add_usage(-1);
        loop.from = now();
        loop.until = loop.from + loop.span;
        next_round();
    } else {
        loop.to = at;
        add_usage(+1);
        atomic_store(&loop_over, true);
    }
}

/* Returns how late a delivery of the open loop is. */
static int64_t note_last(uint64_t event, int64_t at) {
    int64_t late = at - schedule.from - (int64_t)event * schedule.every;
    long long before = atomic_load_explicit(&schedule.last[event], memory_order_relaxed);
    while (late > before && !atomic_compare_exchange_weak(&schedule.last[event], &before, late)) continue;
    return late;
}

void delivered(struct thread *t, struct conn *c, int64_t *at) {
    c->received++;
    switch (atomic_load_explicit(&phase, memory_order_relaxed)) {
    case CLOSED_LOOP:
        if (c->received != atomic_load_explicit(&events, memory_order_relaxed))
            fail("client %u received event %ju of %ju", c->number, (uintmax_t)c->received, (uintmax_t)events);
        if (++t->got < atomic_load_explicit(&t->receivers, memory_order_relaxed)) return;
        t->got = 0;
        if (atomic_fetch_sub(&threads_left, 1) == 1) round_done();
        return;
    case OPEN_LOOP:
        if (!*at) *at = now();
        record(&t->late, note_last(c->received - schedule.before - 1, *at));
        atomic_fetch_add_explicit(&t->delivered, 1, memory_order_release);
        return;
    case DRAINING:
        return; /* late events of the open loop */
    default:
        fail("client %u received an unrequested event", c->number);
    }
}

uint64_t outstanding(const struct conn *c) {
    return atomic_load(&phase) == OPEN_LOOP ? schedule.total - (c->received - schedule.before) : 0;
}

static void begin(enum phase what) {
    atomic_store(&progress, now());
    atomic_store(&phase, what);
}

static void wake_all(void) {
    for (int i = 0; i < thread_count; i++)
        if (write(threads[i].wake, &(uint64_t){1}, sizeof(uint64_t)) < 0) fail("eventfd: %s", strerror(errno));
}

static void connect_phase(void) {
    int64_t from = now();
    uint64_t in = 0;
    begin(CONNECTING);
    wake_all();
    while (in < clients) {
        wait_for_progress("coming in");
        uint64_t more = SUM(in);
        if (more > in) atomic_store(&progress, now());
        in = more;
    }
    printf("{\"connected\": %ju, \"seconds\": %.6f, \"retries\": %ju}\n", (uintmax_t)in, (double)(now() - from) / 1e9,
           (uintmax_t)SUM(retries));
}

static void closed_phase(double span) {
    memset(&loop, 0, sizeof loop);
    for (int i = 0; i < thread_count; i++) loop.active += threads[i].receivers > 0;
    loop.span = (int64_t)(span * 1e9);
    loop.until = now() + WARM_NS;
    atomic_store(&loop_over, false);
    uint64_t receivers = SUM(receivers), closed = SUM(closed);
    if (!receivers) fail("there are no receiving clients");
    begin(CLOSED_LOOP);
    next_round();
    while (!atomic_load(&loop_over)) {
        wait_for_progress("closed loop");
        if (SUM(closed) == closed) continue;
        sleep_ns(SECOND / 10); /* further closes arrive with the first one */
        fail("the server closed %ju of %ju connections", (uintmax_t)SUM(closed), (uintmax_t)receivers);
    }
    double seconds = (double)(loop.to - loop.from) / 1e9, busiest = 0;
    uint64_t deliveries = loop.rounds * receivers;
    printf("{\"deliveries\": %ju, \"seconds\": %.6f, \"rounds\": %ju, \"last_p50_ms\": %.3f, \"last_max_ms\": %.3f, "
           "\"bytes_per_event\": %.1f, \"server_cpu_s\": %.6f, \"thread_cpu_s\": [",
           (uintmax_t)deliveries, seconds, (uintmax_t)loop.rounds, percentile(&loop.last, 0.5),
           (double)loop.last.most / 1000, (double)loop.bytes / (double)deliveries, loop.server);
    for (int i = 0; i < thread_count; i++) {
        printf("%s%.4f", i ? ", " : "", loop.cpu[i]);
        if (loop.cpu[i] > busiest) busiest = loop.cpu[i];
    }
    printf("], \"busiest_share\": %.4f}\n", busiest / seconds);
}

static void open_phase(double rate, double span) {
    uint64_t receivers = SUM(receivers), closed = SUM(closed);
    for (int i = 0; i < thread_count; i++) {
        memset(&threads[i].late, 0, sizeof threads[i].late);
        threads[i].delivered = threads[i].never = 0;
    }
    schedule.every = (int64_t)(1e9 / rate);
    schedule.total = (uint64_t)(rate * span);
    schedule.before = events;
    free(schedule.last);
    schedule.last = calloc(schedule.total + 1, sizeof *schedule.last);
    if (!schedule.last) fail("no memory");
    schedule.from = now() + SECOND / 10;
    begin(OPEN_LOOP);
    for (uint64_t k = 0; k < schedule.total; k++) {
        int64_t due = schedule.from + (int64_t)k * schedule.every;
        struct timespec at = {due / SECOND, due % SECOND};
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) continue;
        emit();
    }
    int64_t until = now() + LATE_NS;
    while (SUM(delivered) + SUM(never) < receivers * schedule.total && now() < until) sleep_ns(POLL_NS);
    struct histogram all = {0}, last = {0};
    for (int i = 0; i < thread_count; i++) add(&all, &threads[i].late);
    for (uint64_t k = 0; k < schedule.total; k++) record(&last, schedule.last[k]);
    printf("{\"events\": %ju, \"deliveries\": %ju, \"missing\": %jd, \"p50_ms\": %.3f, \"p99_ms\": %.3f, "
           "\"max_ms\": %.3f, \"last_p50_ms\": %.3f, \"last_p99_ms\": %.3f, \"closed\": %ju}\n",
           (uintmax_t)schedule.total, (uintmax_t)all.total, (intmax_t)(receivers * schedule.total - all.total),
           percentile(&all, 0.5), percentile(&all, 0.99), (double)all.most / 1000, percentile(&last, 0.5),
           percentile(&last, 0.99), (uintmax_t)(SUM(closed) - closed));
}

static void stuck_phase(void) {
    uint64_t noticed = SUM(cut);
    begin(DRAINING);
    wake_all();
    while (SUM(cut) < stuck_clients && now() - atomic_load(&progress) < QUIET_NS) sleep_ns(POLL_NS);
    printf("{\"stuck\": %zu, \"cut\": %ju, \"noticed\": %ju}\n", stuck_clients, (uintmax_t)SUM(cut),
           (uintmax_t)noticed);
}

static void read_tokens(void) {
    char line[4096];
    tokens = calloc(clients, sizeof *tokens);
    for (size_t i = 0; i < clients; i++) {
        if (!fgets(line, sizeof line, stdin)) fail("%zu tokens of %zu", i, clients);
        line[strcspn(line, "\n")] = 0;
        tokens[i] = strdup(line);
        if (!tokens[i]) fail("no memory");
    }
}

static void start_threads(void) {
    threads = aligned_alloc(64, (size_t)thread_count * sizeof *threads);
    if (!threads) fail("no memory");
    memset(threads, 0, (size_t)thread_count * sizeof *threads);
    for (int i = 0; i < thread_count; i++) {
        struct thread *t = &threads[i];
        size_t n = (size_t)thread_count, me = (size_t)i;
        t->conns = calloc(clients / n + 1, sizeof *t->conns);
        if (!t->conns) fail("no memory");
        for (size_t number = me; number < clients; number += n)
            t->conns[t->count++] = (struct conn){.number = (uint32_t)number, .stuck = number >= clients - stuck_clients};
        t->seed = (unsigned)(now() + i);
        t->epoll = epoll_create1(EPOLL_CLOEXEC);
        t->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN};
        if (epoll_ctl(t->epoll, EPOLL_CTL_ADD, t->wake, &event)) fail("epoll_ctl: %s", strerror(errno));
        if (pthread_create(&t->id, NULL, work, t)) fail("a thread could not be started");
        pthread_getcpuclockid(t->id, &t->cpu);
    }
}

static void dial_control(int to) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)to), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    control = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(control, (struct sockaddr *)&address, sizeof address)) fail("control port %d: %s", to, strerror(errno));
    setsockopt(control, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

int main(int count, char **arguments) {
    if (count < 6) fail("load <port> <control port> <clients> <threads> <socketio|raw> [stuck] [server's pid]");
    port = atoi(arguments[1]);
    clients = strtoul(arguments[3], NULL, 10);
    thread_count = atoi(arguments[4]);
    raw = strcmp(arguments[5], "raw") == 0;
    stuck_clients = count > 6 ? strtoul(arguments[6], NULL, 10) : 0;
    has_server = count > 7 && clock_getcpuclockid(atoi(arguments[7]), &server_clock) == 0;
    if (thread_count < 1 || thread_count > MOST_THREADS || stuck_clients > clients)
        fail("invalid number of threads or stuck clients");
    if (!raw) read_tokens();
    dial_control(atoi(arguments[2]));
    start_threads();
    char line[256];
    while (fgets(line, sizeof line, stdin)) {
        double a, b;
        if (strncmp(line, "quit", 4) == 0) break;
        if (strncmp(line, "connect", 7) == 0) connect_phase();
        else if (sscanf(line, "closed %lf", &a) == 1) closed_phase(a);
        else if (sscanf(line, "open %lf %lf", &a, &b) == 2) open_phase(a, b);
        else if (strncmp(line, "stuck", 5) == 0) stuck_phase();
        else fail("no such command: %s", line);
        fflush(stdout);
    }
    return 0;
}
