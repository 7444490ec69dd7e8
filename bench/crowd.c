/* A crowd of readers in one process, cheap enough not to be what is measured; run by crowd.py.
 *
 *   crowd PORT CLIENTS SAMPLE_EVERY STALLED ws|raw OPENINGS
 *
 * OPENINGS is a file of openings: two lengths as 32-bit numbers, then a handshake, which may be
 * empty, and what is sent once it was answered. Connection i opens with number i % count. Events
 * are WebSocket frames, or (raw) anything. Each carries "@T" and 16 digits, Unix microseconds when
 * it was sent, "#" and 10 digits, its number; one connection in SAMPLE_EVERY is looked at for that.
 * STALLED connections, spread over all, never read.
 *
 * Prints "ready" once all are open. Lines on standard input: "mark" counts from zero, "read" prints
 * what was counted as JSON; the end of input ends it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER (4 << 20)
#define OPENING_AT_ONCE 64
#define BINS 2000000 /* of 1 us */
#define STAMP 29     /* "@T", 16 digits, "#", 10 digits */

enum state { CONNECTING, SHAKING, OPEN, CLOSED };

struct connection {
    int fd;
    enum state state;
    int sampled, stalled;
    int64_t last; /* number of the last event seen; -1: none yet */
    char *rest;   /* what was read and is not a whole frame yet */
    size_t rest_length;
};

struct opening {
    char *handshake, *after;
    uint32_t handshake_length, after_length;
};

static struct connection *connections;
static struct opening *openings;
static int clients, opening_count, raw, epoll_fd;
static int opened, being_opened, next_to_open;
static struct sockaddr_in address;
static char *buffer;

static struct {
    uint64_t events, compressed, bytes, reads, closed, gaps, seen, late;
    int64_t longest_us;
} counted;
static uint32_t *bins;

static void fail(const char *what)
{
    fprintf(stderr, "crowd: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void load_openings(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint32_t lengths[2];
    if (!file)
        fail(path);
    while (fread(lengths, sizeof lengths, 1, file) == 1) {
        struct opening opening = {malloc(lengths[0] + 1), malloc(lengths[1] + 1), lengths[0],
                                  lengths[1]};
        if (fread(opening.handshake, 1, lengths[0], file) != lengths[0] ||
            fread(opening.after, 1, lengths[1], file) != lengths[1])
            fail("openings are cut short");
        openings = realloc(openings, sizeof *openings * (opening_count + 1));
        openings[opening_count++] = opening;
    }
    fclose(file);
    if (!opening_count)
        fail("no openings");
}

static void watch(int index, int operation, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.u32 = index};
    if (epoll_ctl(epoll_fd, operation, connections[index].fd, &event))
        fail("epoll_ctl");
}

static void open_more(void)
{
    while (next_to_open < clients && being_opened < OPENING_AT_ONCE) {
        struct connection *c = &connections[next_to_open];
        int on = 1;
        c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (c->fd < 0)
            fail("socket");
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (connect(c->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS)
            fail("connect");
        c->state = CONNECTING;
        c->last = -1;
        watch(next_to_open++, EPOLL_CTL_ADD, EPOLLOUT);
        being_opened++;
    }
}

static void put(int fd, const char *data, size_t length)
{
    if (length && send(fd, data, length, MSG_NOSIGNAL) != (ssize_t)length)
        fail("send");
}

static void is_open(int index)
{
    struct connection *c = &connections[index];
    struct opening *opening = &openings[index % opening_count];
    put(c->fd, opening->after, opening->after_length);
    c->state = OPEN;
    opened++;
    being_opened--;
    if (c->stalled)
        watch(index, EPOLL_CTL_DEL, 0);
}

static int64_t digits(const char *at, int count)
{
    int64_t number = 0;
    for (int i = 0; i < count; i++)
        number = number * 10 + (at[i] - '0');
    return number;
}

/* Take one event of a sampled connection apart. */
static void look(struct connection *c, const char *data, size_t length, int64_t now)
{
    const char *at = memmem(data, length, "@T", 2);
    if (!at || (size_t)(data + length - at) < STAMP)
        return;
    int64_t took = now - digits(at + 2, 16), number = digits(at + 19, 10);
    if (c->last >= 0 && number != c->last + 1)
        counted.gaps++;
    c->last = number;
    counted.seen++;
    if (took > counted.longest_us)
        counted.longest_us = took;
    if (took >= BINS)
        counted.late++;
    else
        bins[took < 0 ? 0 : took]++;
}

static void answer_ping(int fd, const char *data, size_t length)
{
    char pong[6 + 125] = {(char)0x8a, (char)(0x80 | length)}; /* the mask is zeros */
    memcpy(pong + 6, data, length);
    put(fd, pong, 6 + length);
}

/* Count the whole WebSocket frames of some bytes; gives how many bytes they are. */
static size_t walk_frames(struct connection *c, const char *data, size_t length, int64_t now)
{
    size_t at = 0;
    while (length - at >= 2) {
        const unsigned char *head = (const unsigned char *)data + at;
        size_t header = 2, payload = head[1] & 127;
        if (payload == 126) {
            if (length - at < 4)
                break;
            header = 4;
            payload = head[2] << 8 | head[3];
        } else if (payload == 127) {
            if (length - at < 10)
                break;
            header = 10;
            payload = 0;
            for (int i = 2; i < 10; i++)
                payload = payload << 8 | head[i];
        }
        if (length - at < header + payload)
            break;
        int opcode = head[0] & 15, compressed = head[0] & 64;
        if (opcode == 1 || opcode == 2) {
            /* Events begin with {"method"; what else a relay says does not. */
            if (compressed || (payload > 2 && head[header + 2] == 'm')) {
                counted.events++;
                counted.compressed += compressed != 0;
                if (c->sampled && !compressed)
                    look(c, (const char *)head + header, payload, now);
            }
        } else if (opcode == 9) {
            answer_ping(c->fd, (const char *)head + header, payload);
        }
        at += header + payload;
    }
    return at;
}

/* Count the events in bytes of any other protocol; gives how many bytes need no second look. */
static size_t walk_marks(struct connection *c, const char *data, size_t length, int64_t now)
{
    size_t at = 0;
    for (;;) {
        const char *found = memmem(data + at, length - at, "@T", 2);
        if (!found)
            return length > 0 && data[length - 1] == '@' ? length - 1 : length;
        if ((size_t)(data + length - found) < STAMP)
            return found - data;
        counted.events++;
        if (c->sampled)
            look(c, found, STAMP, now);
        at = found - data + STAMP;
    }
}

static void lose(int index)
{
    struct connection *c = &connections[index];
    if (c->state < OPEN) {
        fprintf(stderr, "crowd: connection %d was refused\n", index);
        exit(1);
    }
    close(c->fd);
    c->state = CLOSED;
    counted.closed++;
}

static void take(int index)
{
    struct connection *c = &connections[index];
    if (c->rest_length)
        memcpy(buffer, c->rest, c->rest_length);
    ssize_t got = recv(c->fd, buffer + c->rest_length, BUFFER - c->rest_length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        lose(index);
        return;
    }
    counted.reads++;
    counted.bytes += got;
    size_t length = c->rest_length + got, done = 0;
    if (c->state == SHAKING) {
        char *end = memmem(buffer, length, "\r\n\r\n", 4);
        if (end) {
            if (length < 12 || memcmp(buffer + 8, " 101", 4)) {
                fprintf(stderr, "crowd: refused: %.*s\n", (int)(length < 300 ? length : 300), buffer);
                exit(1);
            }
            done = end + 4 - buffer;
            is_open(index);
        }
    }
    if (c->state == OPEN && !c->stalled) {
        int64_t now = c->sampled ? now_us() : 0;
        done += (raw ? walk_marks : walk_frames)(c, buffer + done, length - done, now);
    }
    c->rest_length = length - done;
    if (c->rest_length) {
        if (c->rest_length == BUFFER)
            fail("a frame larger than the buffer");
        c->rest = realloc(c->rest, c->rest_length);
        memcpy(c->rest, buffer + done, c->rest_length);
    }
}

static void step(int index)
{
    struct connection *c = &connections[index];
    if (c->state == CONNECTING) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) {
            errno = error;
            fail("connect");
        }
        watch(index, EPOLL_CTL_MOD, EPOLLIN);
        c->state = SHAKING;
        struct opening *opening = &openings[index % opening_count];
        put(c->fd, opening->handshake, opening->handshake_length);
        if (!opening->handshake_length)
            is_open(index);
    } else {
        take(index);
    }
    open_more();
}

static double percentile(double share)
{
    uint64_t total = counted.late, before = 0;
    for (int i = 0; i < BINS; i++)
        total += bins[i];
    for (int i = 0; i < BINS; i++) {
        before += bins[i];
        if (total && before >= share * total)
            return i / 1000.0;
    }
    return total ? counted.longest_us / 1000.0 : 0;
}

static void answer(const char *line)
{
    if (!strncmp(line, "mark", 4)) {
        memset(&counted, 0, sizeof counted);
        memset(bins, 0, sizeof *bins * BINS);
        printf("{}\n");
    } else {
        struct rusage used;
        getrusage(RUSAGE_SELF, &used);
        printf("{\"events\":%lu,\"bytes\":%lu,\"compressed\":%lu,\"reads\":%lu,\"closed\":%lu,"
               "\"sampled\":%lu,\"gaps\":%lu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f,"
               "\"cpu_s\":%.6f}\n",
               counted.events, counted.bytes, counted.compressed, counted.reads, counted.closed,
               counted.seen, counted.gaps, percentile(0.5), percentile(0.99),
               counted.longest_us / 1000.0,
               used.ru_utime.tv_sec + used.ru_stime.tv_sec +
                   (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fprintf(stderr, "usage: crowd PORT CLIENTS SAMPLE_EVERY STALLED ws|raw OPENINGS\n");
        return 2;
    }
    clients = atoi(argv[2]);
    int sample_every = atoi(argv[3]), stalled = atoi(argv[4]);
    raw = !strcmp(argv[5], "raw");
    load_openings(argv[6]);
    address.sin_family = AF_INET;
    address.sin_port = htons(atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connections = calloc(clients, sizeof *connections);
    buffer = malloc(BUFFER);
    bins = calloc(BINS, sizeof *bins);
    for (int i = 0; i < clients; i++) {
        connections[i].stalled =
            (int64_t)i * stalled / clients != (int64_t)(i + 1) * stalled / clients;
        /* One in each stretch, each time at another place: groups take turns as well. */
        int place = i / sample_every % sample_every;
        connections[i].sampled = i % sample_every == place && !connections[i].stalled;
    }
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event input = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &input);
    open_more();
    int told = 0;
    static struct epoll_event events[512];
    for (;;) {
        int count = epoll_wait(epoll_fd, events, 512, -1);
        for (int i = 0; i < count; i++) {
            uint32_t index = events[i].data.u32;
            if (index == UINT32_MAX) {
                char line[64];
                ssize_t got = read(STDIN_FILENO, line, sizeof line - 1);
                if (got <= 0)
                    return 0;
                line[got] = 0;
                answer(line);
            } else if (connections[index].state != CLOSED) {
                step(index);
            }
        }
        if (!told && opened == clients) {
            told = 1;
            printf("ready\n");
            fflush(stdout);
        }
    }
}
