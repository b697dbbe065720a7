/* The load generator: one epoll loop that is all clients of a server, and checks every byte.
 *
 *   load PORT CLIENTS PID [name=value ...]
 *
 * It connects, says {"connected": ...} once each has `greeted` messages, then a line for each message that all have got:
 *   first, last   ns (CLOCK_MONOTONIC): first byte at the first client, last byte at the last
 *   cpu           ns of CPU that process PID used between the two (-1 where nobody can tell)
 *   p50, p99      ns after `first` within which so many clients had it
 * A message that came to some only, a frame with wrong borders and one whose bytes differ from
 * what the others got are bad. When its standard input ends, those that stalled read on, what
 * is on its way is awaited, and {"bad": ...} is the last line.
 *
 * What is compared: the first client that gets a message writes it down, byte by byte, and all
 * others must get the same. Files in `keep` let somebody look at what was written down.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SCRATCH (256 * 1024)
#define MAX_PAYLOAD (4 * 1024 * 1024)
#define KEPT 64          /* messages that a late client may still be reading */
#define HANDSHAKE 2048
#define CONNECTING 128   /* handshakes under way at once */
#define QUIET_MS 1500    /* without a byte, at the end, nothing more is coming */
#define CALM_MS 8          /* shorter than the pause between two deltas of a hundred servers */
#define LAST_NS 5000000000L
#define FLOOD_BYTES 2048
#define MAX_THREADS 256
#define REST_NS 1000000000L

enum stage { AWAY, CALLING, ASKING, OPEN, GONE };

struct message {
    uint8_t *bytes;
    uint8_t first_byte;  /* FIN, RSV and opcode */
    size_t length, filled;
    long number, got;
    int64_t first, last, cpu;
    uint32_t *after;     /* ns after `first`, of each client that has it */
    int greeting, told;
};

struct client {
    int fd, stalled;
    enum stage stage;
    int64_t back_at;
    char answer[HANDSHAKE];
    size_t answered;
    uint8_t head[10];
    size_t head_filled, length, at;
    uint8_t first_byte;
    int in_payload;
    int texts;
    long reading, last_read;   /* numbers of messages; -1 for a control frame */
    uint8_t control[125];
};

static struct client *clients;
static struct message kept[KEPT];
static long messages, bad, closed, frames, open_clients, greeted_clients, wanted, stalled_clients, floods;
static int clocks[MAX_THREADS], clocks_count;
static int clients_count, poll_fd, port, pid, is_started, deflate, segment, flood, greeted;
static const char *bearer = "", *protocol = "", *keep = "", *path = "/ws";
static uint8_t scratch[SCRATCH];

static int64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000L + at.tv_nsec;
}

/* Open a clock for each thread that the process has: it counts the CPU time of a thread that
 * runs at this moment, too. Those that accounting has are a tick old, which is a third of what
 * is measured here (perf_event_open(2); needs root, or perf_event_paranoid of 1). */
static void open_clocks(void)
{
    struct perf_event_attr wanted = {
        .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_TASK_CLOCK, .size = sizeof wanted,
    };
    char name[64];
    struct dirent *entry;
    snprintf(name, sizeof name, "/proc/%d/task", pid);
    DIR *threads = pid ? opendir(name) : NULL;
    while (threads && (entry = readdir(threads)) && clocks_count < MAX_THREADS) {
        long fd = atoi(entry->d_name) ? syscall(SYS_perf_event_open, &wanted, atoi(entry->d_name), -1, -1, 0) : -1;
        if (fd >= 0)
            clocks[clocks_count++] = fd;
    }
    if (threads)
        closedir(threads);
}

static int64_t cpu_ns(void)
{
    int64_t sum = 0, one;
    int index;
    for (index = 0; index < clocks_count; index++)
        if (read(clocks[index], &one, sizeof one) == sizeof one)
            sum += one;
    return clocks_count ? sum : -1;
}

static void complain(const char *what, struct client *client)
{
    bad++;
    if (bad <= 20)
        fprintf(stderr, "bad frame: %s (client %ld, byte %zu of %zu)\n", what,
                (long)(client - clients), client->at, client->length);
}

static void leave(struct client *client, int is_reset)
{
    struct linger now = {1, 0};
    if (is_reset)  /* no TIME_WAIT: thousands come and go */
        setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    if (client->stage == OPEN)
        open_clients--;
    close(client->fd);
    client->stage = GONE;
    client->back_at = now_ns() + REST_NS;
}

static void call(struct client *client)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = client};
    int one = 1;
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    client->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (client->fd < 0) {
        perror("socket");
        exit(1);
    }
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (segment)
        setsockopt(client->fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
    client->stage = CALLING;
    client->answered = client->head_filled = client->in_payload = client->at = 0;
    if (connect(client->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) {
        perror("connect");
        exit(1);
    }
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, client->fd, &event);
}

static void ask(struct client *client)
{
    char request[HANDSHAKE];
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    int length = snprintf(
        request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s%s%s%s%s\r\n",
        path, port, deflate ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n" : "",
        *bearer ? "Authorization: Bearer " : "", bearer, *bearer ? "\r\n" : "",
        *protocol ? "Sec-WebSocket-Protocol: " : "", protocol, *protocol ? "\r\n" : "");
    if (send(client->fd, request, length, MSG_NOSIGNAL) != length) {
        complain("the request was not taken", client);
        leave(client, 1);
        return;
    }
    client->stage = ASKING;
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, client->fd, &event);
}

static struct message *message_of(long number)
{
    struct message *found = &kept[number % KEPT];
    return number >= 0 && found->bytes && found->number == number ? found : NULL;
}

static struct message *new_message(struct client *client)
{
    struct message *made = &kept[messages % KEPT];
    if (made->bytes && !made->greeting && !made->told) {
        bad++;
        fprintf(stderr, "bad frame: message %ld came to %ld of %ld\n", made->number, made->got, wanted);
    }
    free(made->bytes);
    free(made->after);
    *made = (struct message){
        .bytes = malloc(client->length + 1), .length = client->length, .number = messages++,
        .first_byte = client->first_byte, .greeting = !is_started,
        .after = calloc(clients_count, sizeof(uint32_t)),
    };
    made->cpu = made->greeting ? -1 : cpu_ns();
    made->first = now_ns();
    return made;
}

/* Whether `size` bytes of this message, from `at` on, are these; what it has not yet, it gets. */
static int agrees(struct message *one, struct client *client, struct message *so_far,
                  const uint8_t *data, size_t size, int may_grow)
{
    size_t known;
    if (one->length != client->length || one->first_byte != client->first_byte || one->filled < client->at)
        return 0;
    if (so_far && so_far != one && memcmp(one->bytes, so_far->bytes, client->at))
        return 0;
    known = one->filled - client->at < size ? one->filled - client->at : size;
    if (memcmp(one->bytes + client->at, data, known) || (known < size && !may_grow))
        return 0;
    if (known < size) {
        memcpy(one->bytes + client->at + known, data + known, size - known);
        one->filled = client->at + size;
    }
    return 1;
}

/* Find the message that a client reads: the oldest that it has not read and that fits. */
static void compare(struct client *client, const uint8_t *data, size_t size)
{
    struct message *so_far = message_of(client->reading), *one;
    long oldest = messages > KEPT ? messages - KEPT : 0, number;
    if (so_far && agrees(so_far, client, NULL, data, size, 1))
        return;
    for (number = client->last_read + 1 > oldest ? client->last_read + 1 : oldest; number < messages; number++) {
        one = message_of(number);
        if (one && agrees(one, client, so_far, data, size, 1)) {
            client->reading = number;
            return;
        }
    }
    one = new_message(client);
    if (client->at && so_far)
        memcpy(one->bytes, so_far->bytes, client->at);
    memcpy(one->bytes + client->at, data, size);
    one->filled = client->at + size;
    client->reading = one->number;
}

static int by_time(const void *one, const void *other)
{
    uint32_t first = *(const uint32_t *)one, second = *(const uint32_t *)other;
    return (first > second) - (first < second);
}

static void tell(struct message *one)
{
    char name[512];
    int64_t cpu = one->cpu < 0 ? -1 : cpu_ns() - one->cpu;
    one->told = 1;
    qsort(one->after, one->got, sizeof *one->after, by_time);
    if (*keep) {
        snprintf(name, sizeof name, "%s/%ld-%02x", keep, one->number, one->first_byte);
        FILE *file = fopen(name, "wb");
        if (!file || fwrite(one->bytes, 1, one->length, file) != one->length || fclose(file))
            perror(name);
    }
    printf("{\"number\": %ld, \"bytes\": %zu, \"clients\": %ld, \"first\": %ld, \"last\": %ld, \"cpu\": %ld, "
           "\"p50\": %u, \"p99\": %u}\n", one->number, one->length, one->got, one->first, one->last, cpu,
           one->after[one->got / 2], one->after[one->got * 99 / 100]);
    fflush(stdout);
}

static void has_read(struct client *client)
{
    struct message *one = message_of(client->reading);
    frames++;
    if (++client->texts == greeted)
        greeted_clients++;
    client->last_read = client->reading;
    if (!one || one->told || client->stalled)
        return;
    one->last = now_ns();
    one->after[one->got++] = one->last - one->first;
    if (!one->greeting && one->got >= wanted)
        tell(one);
}

static void control(struct client *client)
{
    uint8_t pong[131] = {0x8a, 0x80 | client->length};
    if ((client->first_byte & 15) == 8) {
        closed++;
        leave(client, 0);
    } else if ((client->first_byte & 15) == 9) {
        memcpy(pong + 6, client->control, client->length);  /* masked with zeros */
        send(client->fd, pong, 6 + client->length, MSG_NOSIGNAL);
    }
}

/* Read one head, as far as it is there; return how many bytes that took, 0 when it is wrong. */
static size_t read_head(struct client *client, const uint8_t *data, size_t size)
{
    size_t taken = 0, needs = 2, index;
    while (client->head_filled < needs && taken < size) {
        client->head[client->head_filled++] = data[taken++];
        if (client->head_filled >= 2)
            needs = client->head[1] == 126 ? 4 : client->head[1] == 127 ? 10 : 2;
    }
    if (client->head_filled < needs || client->head_filled < 2)
        return taken;
    client->first_byte = client->head[0];
    client->length = needs == 2 ? client->head[1] : 0;
    for (index = 2; index < needs; index++)
        client->length = client->length << 8 | client->head[index];
    client->head_filled = client->at = 0;
    client->in_payload = 1;
    client->reading = -1;
    int opcode = client->first_byte & 15, reserved = client->first_byte & 0x70;
    int is_text = opcode == 1 && (!reserved || (deflate && reserved == 0x40));
    int is_control = (opcode == 8 || opcode == 9 || opcode == 10) && !reserved && needs == 2;
    if (client->head[1] & 0x80 || !(client->first_byte & 0x80) || !(is_text || is_control) ||
        client->length > MAX_PAYLOAD || (is_control && client->length > 125))
        return 0;
    return taken;
}

static void read_frames(struct client *client, const uint8_t *data, size_t size)
{
    while (client->stage == OPEN && (size || (client->in_payload && client->at == client->length))) {
        size_t taken = 0;
        if (!client->in_payload) {
            taken = read_head(client, data, size);
            if (!taken) {
                complain("no head of a frame", client);
                leave(client, 1);
                return;
            }
        } else {
            int is_data = (client->first_byte & 15) == 1;
            taken = client->length - client->at < size ? client->length - client->at : size;
            if (is_data && taken)
                compare(client, data, taken);
            else if (taken)
                memcpy(client->control + client->at, data, taken);
            client->at += taken;
            if (client->at == client->length) {
                client->in_payload = 0;
                if (is_data)
                    has_read(client);
                else
                    control(client);
            }
        }
        data += taken;
        size -= taken;
    }
}

static void shake_hands(struct client *client, const uint8_t *data, size_t size)
{
    size_t room = HANDSHAKE - 1 - client->answered, taken = size < room ? size : room, head;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    char *end;
    memcpy(client->answer + client->answered, data, taken);
    client->answer[client->answered + taken] = 0;
    end = strstr(client->answer, "\r\n\r\n");
    head = end ? end + 4 - client->answer - client->answered : taken;
    client->answered += taken;
    if (!end && client->answered < HANDSHAKE - 1)
        return;
    if (!end || strncmp(client->answer, "HTTP/1.1 101 ", 13) ||
        !strstr(client->answer, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") ||
        (deflate && !strcasestr(client->answer, "permessage-deflate"))) {
        if (flood) {
            leave(client, 1);
            return;
        }
        fprintf(stderr, "refused: %.300s\n", client->answer);
        exit(1);
    }
    client->stage = OPEN;
    client->last_read = -1;
    open_clients++;
    if (flood) {
        event.events = EPOLLIN | EPOLLOUT;
        epoll_ctl(poll_fd, EPOLL_CTL_MOD, client->fd, &event);
    }
    read_frames(client, data + head, size - head);
}

/* As many small frames as the socket takes, each a whole text message. */
static void pour(struct client *client)
{
    static uint8_t frames_ready[FLOOD_BYTES];
    size_t at;
    if (!frames_ready[0])
        for (at = 0; at + 8 <= sizeof frames_ready; at += 8)
            memcpy(frames_ready + at, "\x81\x82\0\0\0\0{}", 8);
    if (send(client->fd, frames_ready, sizeof frames_ready, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
        floods++;
}

static void serve(struct client *client, uint32_t events)
{
    ssize_t size;
    if (client->stage == CALLING && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
        ask(client);
        return;
    }
    if (flood && client->stage == OPEN && (events & EPOLLOUT))
        pour(client);
    if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP)))
        return;
    size = recv(client->fd, scratch, SCRATCH, 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (size <= 0) {
        if (!flood && !client->stalled)
            complain("the connection ended", client);
        closed++;
        leave(client, 0);
    } else if (client->stage == ASKING) {
        shake_hands(client, scratch, size);
    } else if (client->stage == OPEN) {
        if (flood)
            return;  /* what a flooder gets is not its concern */
        read_frames(client, scratch, size);
    }
}

static int turn(int timeout_ms)
{
    struct epoll_event events[256];
    int count = epoll_wait(poll_fd, events, 256, timeout_ms), index, ended = 0;
    for (index = 0; index < count; index++) {
        if (events[index].data.ptr)
            serve(events[index].data.ptr, events[index].events);
        else
            ended = 1;
    }
    return ended ? -1 : count;
}

static void connect_all(void)
{
    int next = 0, waiting = 0, index;
    int64_t began = now_ns();
    while (flood && next < clients_count)  /* they are not for long, and come again */
        call(&clients[next++]);
    while (!flood && (open_clients < clients_count || (greeted && greeted_clients < clients_count))) {
        waiting = next - open_clients;
        while (next < clients_count && waiting++ < CONNECTING)
            call(&clients[next++]);
        turn(100);
        if (now_ns() - began > 120 * REST_NS) {
            fprintf(stderr, "only %ld of %d connected in time\n", open_clients, clients_count);
            exit(1);
        }
    }
    double seconds = (now_ns() - began) / 1e9;
    /* The next message may be what the last ones were greeted with, and is another one all the same. */
    began = now_ns();
    while (!flood && turn(CALM_MS) > 0 && now_ns() - began < LAST_NS)
        ;
    for (index = 0; index < clients_count; index++)
        if (!clients[index].in_payload)
            clients[index].last_read = messages - 1;
    wanted = clients_count - stalled_clients;
    for (index = 0; index < KEPT; index++)
        kept[index].greeting = 1;
    is_started = 1;
    printf("{\"connected\": %ld, \"seconds\": %.6f}\n", open_clients, seconds);
    fflush(stdout);
}

static void come_back(void)
{
    int index;
    for (index = 0; index < clients_count; index++)
        if (clients[index].stage == GONE && now_ns() > clients[index].back_at)
            call(&clients[index]);
}

static void stall(int is_over)
{
    int index;
    for (index = 0; index < clients_count; index++) {
        struct epoll_event event = {.events = is_over ? EPOLLIN : 0, .data.ptr = &clients[index]};
        if (clients[index].stalled && clients[index].stage == OPEN)
            epoll_ctl(poll_fd, EPOLL_CTL_MOD, clients[index].fd, &event);
    }
}

/* Return how many messages have not yet come to all, of those before number `begun`. */
static int awaited(long begun)
{
    int index, count = 0;
    for (index = 0; index < KEPT; index++)
        count += kept[index].bytes && kept[index].number < begun && !kept[index].greeting && !kept[index].told;
    return count;
}

static void option(const char *text)
{
    const char *value = strchr(text, '=');
    size_t length = value ? (size_t)(value++ - text) : 0;
#define IS(name) (length == sizeof name - 1 && !strncmp(text, name, length))
    if (IS("stalled")) stalled_clients = atol(value);
    else if (IS("segment")) segment = atoi(value);
    else if (IS("deflate")) deflate = atoi(value);
    else if (IS("greeted")) greeted = atoi(value);
    else if (IS("flood")) flood = atoi(value);
    else if (IS("bearer")) bearer = value;
    else if (IS("protocol")) protocol = value;
    else if (IS("keep")) keep = value;
    else if (IS("path")) path = value;
    else {
        fprintf(stderr, "unknown option %s\n", text);
        exit(2);
    }
}

int main(int count, char **words)
{
    struct rlimit files;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    int index, ended = 0;
    long begun;
    int64_t over_at;
    if (count < 4) {
        fprintf(stderr, "load PORT CLIENTS PID [name=value ...]\n");
        return 2;
    }
    port = atoi(words[1]);
    clients_count = atoi(words[2]);
    pid = atoi(words[3]);
    for (index = 4; index < count; index++)
        option(words[index]);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    clients = calloc(clients_count, sizeof *clients);
    for (index = clients_count - stalled_clients; index < clients_count; index++)
        clients[index].stalled = 1;
    poll_fd = epoll_create1(0);
    connect_all();
    stall(0);
    open_clocks();
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    while (!ended) {
        ended = turn(flood ? 20 : 1000) < 0;
        if (flood)
            come_back();
    }
    epoll_ctl(poll_fd, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
    stall(1);
    /* What begins from now on need not come to all. */
    begun = messages;
    over_at = now_ns() + LAST_NS;
    while (!flood && (stalled_clients || awaited(begun)) && now_ns() < over_at && turn(QUIET_MS) > 0)
        ;
    bad += awaited(begun);
    for (index = 0; index < KEPT; index++)
        if (kept[index].bytes && kept[index].number < begun && !kept[index].greeting && !kept[index].told)
            fprintf(stderr, "bad frame: message %ld of %zu bytes came to %ld of %ld\n", kept[index].number,
                    kept[index].length, kept[index].got, wanted);
    for (index = 0; index < clients_count; index++)
        if (clients[index].stage == OPEN)
            leave(&clients[index], 1);
    printf("{\"bad\": %ld, \"frames\": %ld, \"closed\": %ld, \"floods\": %ld}\n", bad, frames, closed, floods);
    return 0;
}
