/* The connections of one thread: connecting, handshake, and received frames. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

enum { UNDER_WAY = 64, EVENTS = 512, REQUEST = 8192 };

static void send_all(struct conn *c, const void *bytes, size_t size) {
    if (send(c->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)size && c->state != IN)
        fail("client %u could not send: %s", c->number, strerror(errno));
}

static void send_frame(struct conn *c, uint8_t opcode, const void *payload, size_t size) {
    uint8_t frame[REQUEST] = {0x80 | opcode};
    size_t head = size < 126 ? 2 : 4;
    if (size < 126)
        frame[1] = 0x80 | (uint8_t)size;
    else {
        frame[1] = 0x80 | 126;
        frame[2] = (uint8_t)(size >> 8);
        frame[3] = (uint8_t)size;
    }
    head += 4; /* masking with zeros leaves the payload unchanged */
    if (head + size > sizeof frame) fail("client %u has a frame that is too long", c->number);
    memcpy(frame + head, payload, size);
    send_all(c, frame, head + size);
}

static void watch(struct thread *t, struct conn *c, int how, uint32_t what) {
    struct epoll_event event = {.events = what, .data.ptr = c};
    if (epoll_ctl(t->epoll, how, c->fd, &event)) fail("epoll_ctl: %s", strerror(errno));
}

static void try_later(struct thread *t, struct conn *c) {
    close(c->fd);
    c->state = WAITING;
    c->due = now() + SECOND / 5 + rand_r(&t->seed) % (SECOND * 4 / 5);
    t->under_way--;
    t->waiting++;
    t->retries++;
}

static void lost(struct thread *t, struct conn *c) {
    if (c->state != IN) {
        try_later(t, c);
        return;
    }
    close(c->fd);
    c->state = GONE;
    if (c->stuck) {
        t->cut++;
        return;
    }
    t->receivers--;
    t->never += outstanding(c);
    t->closed++;
}

static void set_connected(struct thread *t, struct conn *c) {
    c->state = IN;
    t->under_way--;
    if (c->stuck)
        watch(t, c, EPOLL_CTL_MOD, EPOLLRDHUP);
    else
        t->receivers++;
    t->in++;
}

static void start_connect(struct thread *t, struct conn *c) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) fail("socket: %s", strerror(errno));
    /* Otherwise ten thousand ports would stay in TIME_WAIT for a minute after every run. */
    struct linger at_once = {.l_onoff = 1};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (c->stuck) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &(int){1}, sizeof(int));
    if (connect(c->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
        fail("client %u could not connect: %s", c->number, strerror(errno));
    c->state = DIALING;
    t->under_way++;
    watch(t, c, EPOLL_CTL_ADD, EPOLLOUT);
}

static void connect_more(struct thread *t) {
    while (t->under_way < UNDER_WAY && t->next < t->count) start_connect(t, &t->conns[t->next++]);
    if (!t->waiting) return;
    int64_t at = now();
    for (size_t i = 0; i < t->next && t->waiting && t->under_way < UNDER_WAY; i++) {
        if (t->conns[i].state != WAITING || t->conns[i].due > at) continue;
        t->waiting--;
        start_connect(t, &t->conns[i]);
    }
}

static void finish_connect(struct thread *t, struct conn *c) {
    int error = 0;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &(socklen_t){sizeof error});
    if (error) fail("client %u could not connect: %s", c->number, strerror(error));
    watch(t, c, EPOLL_CTL_MOD, EPOLLIN);
    if (raw) {
        set_connected(t, c);
        return;
    }
    char request[REQUEST];
    uint32_t network = c->number / 100;
    int size = snprintf(request, sizeof request,
                        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nX-Forwarded-For: 10.%u.%u.1\r\n\r\n",
                        port, network / 250, network % 250);
    c->state = UPGRADING;
    send_all(c, request, (size_t)size);
}

static void upgraded(struct thread *t, struct conn *c) {
    char head[4096];
    /* Peeked, so that frames after the head stay in the socket for the frame reader. */
    ssize_t size = recv(c->fd, head, sizeof head - 1, MSG_PEEK);
    if (size <= 0) {
        lost(t, c);
        return;
    }
    head[size] = 0;
    char *end = strstr(head, "\r\n\r\n");
    if (!end) return;
    int status = 0;
    sscanf(head, "HTTP/1.1 %d", &status);
    if (status == 503 || status == 429) {
        try_later(t, c);
        return;
    }
    if (status != 101) fail("client %u got the response: %.100s", c->number, head);
    size_t length = (size_t)(end + 4 - head);
    if (recv(c->fd, head, length, 0) != (ssize_t)length) {
        lost(t, c);
        return;
    }
    char text[REQUEST - 64];
    int text_size = snprintf(text, sizeof text, "40{\"token\":\"%s\"}", tokens[c->number]);
    c->state = ENTERING;
    send_frame(c, 1, text, (size_t)text_size);
}

static const char JOIN[] = "420[\"stream:join\",{\"station\":\"awaz\"}]";

/* Returns false once the connection is closed. */
static bool handle_frame(struct thread *t, struct conn *c, enum kind kind, const struct frame *f, int64_t *at) {
    switch (kind) {
    case COUNTED:
        delivered(t, c, at);
        return true;
    case ENGINE_PING:
        send_frame(c, 1, "3", 1);
        return true;
    case SOCKET_PING:
        send_frame(c, 10, f->payload, f->there);
        return true;
    case CONNECT_OK:
        c->state = JOINING;
        send_frame(c, 1, JOIN, sizeof JOIN - 1);
        return true;
    case JOIN_OK:
        set_connected(t, c);
        return !c->stuck;
    case SOCKET_CLOSE:
        lost(t, c);
        return false;
    case CONNECT_NO:
    case JOIN_NO:
        fail("client %u was refused: %.*s", c->number, (int)f->there, (const char *)f->payload);
    case FRAGMENT:
        fail("client %u received an unsupported frame", c->number);
    default:
        return true;
    }
}

static void receive(struct thread *t, struct conn *c) {
    uint8_t *buffer = t->buffer;
    size_t left = c->carried;
    memcpy(buffer, c->carry, left);
    ssize_t size = recv(c->fd, buffer + left, BUFFER, 0);
    if (size <= 0) {
        if (size == 0 || (errno != EAGAIN && errno != EINTR)) lost(t, c);
        return;
    }
    left += (size_t)size;
    int64_t at = 0;
    struct frame f = {0};
    while (left) {
        if (c->skip) {
            size_t part = c->skip < left ? (size_t)c->skip : left;
            buffer += part;
            left -= part;
            c->skip -= part;
            if (!c->skip && !handle_frame(t, c, c->kind, &f, &at)) return;
            continue;
        }
        if (!parse_frame(buffer, left, &f)) break;
        if (f.kind == COUNTED) t->bytes += f.whole;
        if (f.whole > left) {
            c->skip = f.whole;
            c->kind = f.kind;
            continue;
        }
        if (!handle_frame(t, c, f.kind, &f, &at)) return;
        buffer += f.whole;
        left -= (size_t)f.whole;
    }
    c->carried = (uint32_t)left;
    memcpy(c->carry, buffer, left);
}

static void receive_drained(struct thread *t, struct conn *c) {
    ssize_t size = recv(c->fd, t->buffer, BUFFER, 0);
    if (size > 0)
        atomic_store(&progress, now());
    else if (size == 0 || errno != EAGAIN)
        lost(t, c);
}

static void handle_ready(struct thread *t, struct conn *c, uint32_t what) {
    if (c->state == GONE || c->state == WAITING) return;
    if (c->state == DIALING)
        finish_connect(t, c);
    else if (c->state == UPGRADING)
        upgraded(t, c);
    else if (!c->stuck || c->state != IN)
        receive(t, c);
    else if (what & EPOLLIN)
        receive_drained(t, c);
    else
        lost(t, c);
}

static void drain(struct thread *t) {
    for (size_t i = 0; i < t->count; i++) {
        struct conn *c = &t->conns[i];
        if (!c->stuck || c->state != IN) continue;
        setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &(int){1 << 20}, sizeof(int));
        watch(t, c, EPOLL_CTL_MOD, EPOLLIN);
    }
}

void *work(void *argument) {
    struct thread *t = argument;
    struct epoll_event ready[EVENTS];
    bool connecting = false;
    for (;;) {
        int count = epoll_wait(t->epoll, ready, EVENTS, connecting ? 10 : -1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.ptr) {
                handle_ready(t, ready[i].data.ptr, ready[i].events);
                continue;
            }
            uint64_t times;
            if (read(t->wake, &times, sizeof times) < 0) continue;
            connecting = atomic_load(&phase) == CONNECTING;
            if (!connecting) drain(t);
        }
        if (connecting) connect_more(t);
        connecting = connecting && t->in < t->count;
    }
    return NULL;
}
