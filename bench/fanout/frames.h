/* Frames of a server: WebSocket (RFC 6455, section 5.2) with Engine.IO and Socket.IO packets.

   Only the start of a payload is parsed and the rest skipped, to keep the client's cost per frame low. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EVENT "42[\"stream:metadata\""
#define MESSAGE "42[\"chat:message\""
#define CONNECTED "40{\"sid\""
#define JOINED "430[{\"ok\":true"
#define JOIN_ANSWER "430["
#define CONNECT_REFUSED "44{"

/* The maximum payload of a control frame, which is therefore always complete. */
enum { PREFIX = 125, HEAD = 10, CARRY = HEAD + PREFIX };

enum kind {
    OTHER,
    COUNTED, /* the event that is measured */
    ENGINE_PING,
    CONNECT_OK,
    CONNECT_NO,
    JOIN_OK,
    JOIN_NO,
    SOCKET_PING,
    SOCKET_CLOSE,
    FRAGMENT
};

struct frame {
    enum kind kind;
    const uint8_t *payload; /* its first min(size, PREFIX) bytes */
    size_t there;           /* their number */
    uint64_t whole;         /* size including the head */
};

static inline int starts(const uint8_t *payload, size_t there, const char *with, size_t length) {
    return there >= length && memcmp(payload, with, length) == 0;
}

#define STARTS(payload, there, with) starts(payload, there, with, sizeof(with) - 1)

static inline enum kind kind_of(uint8_t first, const uint8_t *payload, size_t there) {
    if (first != 0x81) {
        switch (first) {
        case 0x88:
            return SOCKET_CLOSE;
        case 0x89:
            return SOCKET_PING;
        case 0x8a:
        case 0x82:
            return OTHER;
        default:
            return FRAGMENT;
        }
    }
    if (STARTS(payload, there, EVENT) || STARTS(payload, there, MESSAGE)) return COUNTED;
    if (there == 1 && payload[0] == '2') return ENGINE_PING;
    if (STARTS(payload, there, CONNECTED)) return CONNECT_OK;
    if (STARTS(payload, there, CONNECT_REFUSED)) return CONNECT_NO;
    if (STARTS(payload, there, JOINED)) return JOIN_OK;
    return STARTS(payload, there, JOIN_ANSWER) ? JOIN_NO : OTHER;
}

/* Parses a frame's head and the start of its payload; returns 0 if more bytes are needed. */
static inline int parse_frame(const uint8_t *at, size_t left, struct frame *found) {
    if (left < 2) return 0;
    uint64_t size = at[1] & 0x7f;
    size_t head = 2;
    if (size == 126) {
        if (left < 4) return 0;
        size = (uint64_t)at[2] << 8 | at[3];
        head = 4;
    } else if (size == 127) {
        if (left < HEAD) return 0;
        size = 0;
        for (int i = 2; i < HEAD; i++) size = size << 8 | at[i];
        head = HEAD;
    }
    found->there = size < PREFIX ? (size_t)size : PREFIX;
    if (left < head + found->there) return 0;
    found->payload = at + head;
    found->whole = head + size;
    found->kind = kind_of(at[0], found->payload, found->there);
    return 1;
}

#endif
