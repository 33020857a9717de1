/*
 * A server of token streams that notes down what it does, for benchmarks: one thread, epoll, HTTP/1.1
 * with keep-alive, chunks of server-sent events as OpenAI's API has them. Linux 5.11 or later.
 *
 *   stream-server [key=value ...]     the same keys in the query of a request hold for it alone
 *     port=0                          on 127.0.0.1; the one it got is printed
 *     mode=paced|lock-step|flood      paced: each stream has its own phase; lock-step: all tokens of
 *                                     a step at once; flood: as fast as the socket takes them
 *     tokens=100                      `max_tokens` of the body goes before it
 *     gap_us=20000                    between two tokens, and of a step
 *     first_us=50000-150000           from the request to its first token, drawn evenly
 *     per_send=1                      events of one send()
 *     stamps=1                        0: only the first and the last send are kept
 *     seed=1
 *
 * A request is known by its header x-request-id, or by the first `req-` with a number in its body.
 * GET /log gives one line of JSON per request, in the order in which they came; instants in µs of
 * CLOCK_MONOTONIC: "recv" when its last byte was read, "header" before the head was sent, "first" and
 * "last" before the first and the last token were, "sends" those of every send of tokens, as distances
 * from "recv". "late" is the most that a send was behind its time, µs. It ends with its parent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum mode { PACED, LOCK_STEP, FLOOD };

struct load {
  enum mode mode;
  int64_t tokens, gap, first_min, first_max, per_send, stamps;
};

struct entry {
  char id[80];
  int64_t recv, header, first, last, late;
  uint32_t tokens, sent, count, room, ended;
  uint32_t *sends;
};

struct connection {
  int fd, wants_out, closing;
  char *in;
  size_t in_length, in_room;
  char *out; /* what the socket did not take */
  size_t out_length, out_sent, out_room;
  struct load load;
  int streaming, chat;
  size_t entry;
  uint64_t number; /* of the request */
  int64_t due;
  size_t place; /* in the heap, from 1; 0: not in it */
  char head[256], tail[128];
  size_t head_length, tail_length;
};

static struct load defaults = {PACED, 100, 20000, 50000, 150000, 1, 1};
static uint64_t seed = 1;
static int port, epoll;
static int64_t began;

static struct entry *entries;
static size_t entry_count, entry_room;

static struct connection **heap; /* from 1, by due */
static size_t heap_length, heap_room;

static const char *words[] = {"the", "of", "and", "a", "value", "is", "to", "in", "module", "object",
                              "returns", "string", "for", "with", "function", "list", "that", "file"};
enum { WORDS = sizeof words / sizeof *words };

static int64_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * INT64_C(1000000) + at.tv_nsec / 1000;
}

static void *grow(void *items, size_t *room, size_t needed, size_t size) {
  if (needed <= *room) return items;
  while (*room < needed) *room = *room ? *room * 2 : 64;
  items = realloc(items, *room * size);
  if (!items) abort();
  return items;
}

/* splitmix64: the same number of the same request in every run. */
static uint64_t draw(uint64_t number) {
  uint64_t z = seed * UINT64_C(0x9e3779b97f4a7c15) + number * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static int take_option(struct load *load, const char *text) {
  const char *value = strchr(text, '=');
  if (!value++) return 0;
  size_t length = value - text;
  long long number = atoll(value);
#define IS(name) (length == sizeof name && !strncmp(text, name "=", length))
  if (IS("port")) port = (int)number;
  else if (IS("seed")) seed = number;
  else if (IS("mode"))
    load->mode = *value == 'f' ? FLOOD : *value == 'l' ? LOCK_STEP : PACED;
  else if (IS("tokens")) load->tokens = number;
  else if (IS("gap_us")) load->gap = number;
  else if (IS("per_send")) load->per_send = number;
  else if (IS("stamps")) load->stamps = number;
  else if (IS("first_us")) {
    const char *most = strchr(value, '-');
    load->first_min = number;
    load->first_max = most ? atoll(most + 1) : number;
  } else return 0;
  if (load->tokens < 1) load->tokens = 1;
  if (load->per_send < 1) load->per_send = 1;
  if (load->per_send > 64) load->per_send = 64;
  if (load->gap < 1) load->gap = 1;
  return 1;
}

/* The heap of streams that wait for their time. */

static void put(size_t place, struct connection *c) {
  heap[place] = c;
  c->place = place;
}

static void sift(size_t place, struct connection *c) {
  while (place > 1 && heap[place / 2]->due > c->due) {
    put(place, heap[place / 2]);
    place /= 2;
  }
  for (size_t child; (child = 2 * place) <= heap_length; place = child) {
    if (child < heap_length && heap[child + 1]->due < heap[child]->due) child++;
    if (heap[child]->due >= c->due) break;
    put(place, heap[child]);
  }
  put(place, c);
}

static void schedule(struct connection *c, int64_t due) {
  c->due = due;
  if (!c->place) {
    heap = grow(heap, &heap_room, heap_length + 2, sizeof *heap);
    c->place = ++heap_length;
  }
  sift(c->place, c);
}

static void unschedule(struct connection *c) {
  if (!c->place) return;
  size_t place = c->place;
  struct connection *last = heap[heap_length--];
  c->place = 0;
  if (last != c) sift(place, last);
}

/* Writing. */

static void await(struct connection *c, int out) {
  if (c->wants_out == out) return;
  c->wants_out = out;
  struct epoll_event event = {EPOLLIN | (out ? EPOLLOUT : 0), {.ptr = c}};
  epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event);
}

static void write_out(struct connection *c, const char *bytes, size_t length) {
  ssize_t sent = 0;
  if (c->out_length == c->out_sent) {
    sent = send(c->fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) c->closing = 1;
    if (sent < 0) sent = 0;
  }
  if (c->closing || (size_t)sent == length) return;
  c->out = grow(c->out, &c->out_room, c->out_length + length - sent, 1);
  memcpy(c->out + c->out_length, bytes + sent, length - sent);
  c->out_length += length - sent;
  await(c, 1);
}

static void answer(struct connection *c, const char *status, const char *type, const char *body,
                   size_t length) {
  char head[256];
  int head_length = snprintf(head, sizeof head,
                             "HTTP/1.1 %s\r\ncontent-type: %s\r\ncontent-length: %zu\r\n\r\n", status,
                             type, length);
  write_out(c, head, head_length);
  write_out(c, body, length);
}

static size_t put_chunk(char *at, const char *head, size_t head_length, const char *text,
                        size_t text_length, const char *tail, size_t tail_length) {
  int size = sprintf(at, "%zx\r\n", head_length + text_length + tail_length);
  char *end = at + size;
  memcpy(end, head, head_length);
  memcpy(end += head_length, text, text_length);
  memcpy(end += text_length, tail, tail_length);
  memcpy(end += tail_length, "\r\n", 2);
  return end + 2 - at;
}

/* What ends a stream: finish reason, usage, [DONE], and the end of the body. */
static size_t put_end(struct connection *c, char *at, uint32_t tokens) {
  char text[512], *end = at;
  size_t length =
      snprintf(text, sizeof text, c->chat ? "{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n"
                                          : "\"\",\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n");
  /* Up to the value of `delta` or `text`. */
  size_t head = (size_t)(strstr(c->head, c->chat ? "\"delta\":" : "\"text\":") - c->head) +
                (c->chat ? 8 : 7);
  end += put_chunk(end, c->head, head, text, length, "", 0);
  size_t common = (size_t)(strstr(c->head, "\"choices\":[") - c->head) + 11;
  length = snprintf(text, sizeof text,
                    "],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":%u,\"total_tokens\":%u}}\n\n",
                    tokens, tokens + 8);
  end += put_chunk(end, c->head, common, text, length, "", 0);
  end += put_chunk(end, "data: ", 6, "[DONE]", 6, "\n\n", 2);
  memcpy(end, "0\r\n\r\n", 5);
  return end + 5 - at;
}

static void read_requests(struct connection *c);

/* Sends what is due of a stream, once. */
static void send_tokens(struct connection *c, int64_t at) {
  static char bytes[64 * 512 + 2048];
  struct entry *entry = &entries[c->entry];
  size_t length = 0;
  uint32_t sent = entry->sent, until = sent + c->load.per_send;
  if (until > entry->tokens) until = entry->tokens;
  for (; sent < until; sent++) {
    const char *word = words[(c->number * 7 + sent * 5 + sent / WORDS) % WORDS];
    length += put_chunk(bytes + length, c->head, c->head_length, word, strlen(word), c->tail,
                        c->tail_length);
  }
  int ends = sent == entry->tokens;
  /* Behind a paced token the end is a send of its own, as it is of servers. */
  if (ends && c->load.mode == FLOOD) length += put_end(c, bytes + length, sent);
  if (c->load.mode != FLOOD && at - c->due > entry->late) entry->late = at - c->due;
  int64_t stamp = now();
  if (!entry->sent) entry->first = stamp;
  entry->last = stamp;
  entry->sent = sent;
  if (c->load.stamps) {
    size_t room = entry->room;
    entry->sends = grow(entry->sends, &room, entry->count + 1, sizeof *entry->sends);
    entry->room = room;
    entry->sends[entry->count++] = (uint32_t)(stamp - entry->recv);
  }
  write_out(c, bytes, length);
  if (ends && c->load.mode != FLOOD) write_out(c, bytes, put_end(c, bytes, sent));
  if (!ends) {
    if (c->load.mode != FLOOD) return schedule(c, c->due + c->load.gap * c->load.per_send);
    if (c->out_length == c->out_sent) schedule(c, stamp);
    else unschedule(c);
    return;
  }
  entry->ended = 1;
  unschedule(c);
  c->streaming = 0;
  read_requests(c);
}

static void begin_stream(struct connection *c, int chat, const struct load *load, const char *id,
                         size_t id_length) {
  size_t number = entry_count++;
  entries = grow(entries, &entry_room, entry_count, sizeof *entries);
  struct entry *entry = &entries[number];
  memset(entry, 0, sizeof *entry);
  if (id_length >= sizeof entry->id) id_length = sizeof entry->id - 1;
  for (size_t i = 0; i < id_length; i++)
    entry->id[i] = id[i] < ' ' || id[i] == '"' || id[i] == '\\' ? '_' : id[i];
  entry->recv = now();
  entry->tokens = load->tokens;
  if (load->stamps) {
    size_t room = 0, needed = (load->tokens + load->per_send - 1) / load->per_send;
    entry->sends = grow(NULL, &room, needed, sizeof *entry->sends);
    entry->room = room;
  }
  c->load = *load;
  c->streaming = 1;
  c->chat = chat;
  c->entry = number;
  c->number = number;
  c->head_length = snprintf(
      c->head, sizeof c->head,
      "data: {\"id\":\"chatcmpl-%016llx%016zx\",\"object\":\"%s\",\"created\":1764000000,"
      "\"model\":\"mock-model\",\"system_fingerprint\":null,\"choices\":[{\"index\":0,%s",
      (unsigned long long)draw(number), number, chat ? "chat.completion.chunk" : "text_completion",
      chat ? "\"delta\":{\"content\":\" " : "\"text\":\" ");
  c->tail_length = snprintf(c->tail, sizeof c->tail, "\"%s,\"logprobs\":null,\"finish_reason\":null}]}\n\n",
                            chat ? "}" : "");
  uint64_t range = load->first_max - load->first_min + 1;
  int64_t due = entry->recv + load->first_min + (int64_t)(draw(number) % range);
  if (load->mode == LOCK_STEP) due += load->gap - (due - began) % load->gap;
  static const char head[] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
                             "cache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";
  entry->header = now();
  write_out(c, head, sizeof head - 1);
  schedule(c, due);
}

/* Reading. */

static void give_log(struct connection *c) {
  char *text = NULL;
  size_t length = 0;
  FILE *file = open_memstream(&text, &length);
  for (size_t i = 0; i < entry_count; i++) {
    struct entry *e = &entries[i];
    fprintf(file,
            "{\"id\":\"%s\",\"recv\":%lld,\"header\":%lld,\"first\":%lld,\"last\":%lld,"
            "\"late\":%lld,\"tokens\":%u,\"ended\":%s,\"sends\":[",
            e->id, (long long)e->recv, (long long)e->header, (long long)e->first, (long long)e->last,
            (long long)e->late, e->sent, e->ended ? "true" : "false");
    for (uint32_t k = 0; k < e->count; k++) fprintf(file, k ? ",%u" : "%u", e->sends[k]);
    fputs("]}\n", file);
  }
  fclose(file);
  answer(c, "200 OK", "application/x-ndjson", text, length);
  free(text);
}

static const char *find_field(const char *body, const char *name) {
  const char *at = strstr(body, name);
  if (!at) return NULL;
  at += strlen(name);
  while (*at == ' ' || *at == ':') at++;
  return at;
}

static void take_request(struct connection *c, char *head, const char *id, size_t id_length,
                         const char *body) {
  static const char models[] = "{\"object\":\"list\",\"data\":[{\"id\":\"mock-model\","
                               "\"object\":\"model\",\"created\":1764000000,\"owned_by\":\"bench\"}]}";
  char *path = strchr(head, ' ');
  if (!path) {
    c->closing = 1;
    return;
  }
  *strpbrk(++path, " \r") = 0;
  char *query = strchr(path, '?');
  if (query) *query++ = 0;
  if (!strcmp(path, "/log")) return give_log(c);
  if (!strcmp(path, "/health")) return answer(c, "200 OK", "application/json", "{}", 2);
  if (!strcmp(path, "/v1/models"))
    return answer(c, "200 OK", "application/json", models, sizeof models - 1);
  int chat = !strcmp(path, "/v1/chat/completions");
  if (!chat && strcmp(path, "/v1/completions"))
    return answer(c, "404 Not Found", "application/json", "{}", 2);
  struct load load = defaults;
  const char *most = find_field(body, "\"max_tokens\"");
  if (!most) most = find_field(body, "\"max_completion_tokens\"");
  if (most && atoll(most) > 0) load.tokens = atoll(most);
  for (char *option = query ? strtok(query, "&") : NULL; option; option = strtok(NULL, "&"))
    take_option(&load, option);
  if (!id_length && (id = strstr(body, "req-"))) id_length = 4 + strspn(id + 4, "0123456789");
  const char *stream = find_field(body, "\"stream\"");
  if (stream && *stream == 't') return begin_stream(c, chat, &load, id, id_length);
  char text[512];
  int length = snprintf(
      text, sizeof text,
      "{\"id\":\"chatcmpl-0\",\"object\":\"%s\",\"created\":1764000000,\"model\":\"mock-model\","
      "\"choices\":[{\"index\":0,%s,\"finish_reason\":\"stop\"}],"
      "\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":1,\"total_tokens\":9}}",
      chat ? "chat.completion" : "text_completion",
      chat ? "\"message\":{\"role\":\"assistant\",\"content\":\"the\"}" : "\"text\":\"the\"");
  answer(c, "200 OK", "application/json", text, length);
}

/* Takes every request that has come whole, until one streams. */
static void read_requests(struct connection *c) {
  while (!c->streaming && !c->closing && c->in_length) {
    c->in[c->in_length] = 0;
    char *end = strstr(c->in, "\r\n\r\n");
    if (!end) return;
    size_t content = 0, id_length = 0;
    const char *id = "";
    for (char *line = strstr(c->in, "\r\n"); line < end; line = strstr(line + 2, "\r\n")) {
      char *name = line + 2;
      if (!strncasecmp(name, "content-length:", 15)) content = strtoul(name + 15, NULL, 10);
      if (!strncasecmp(name, "x-request-id:", 13)) {
        id = name + 13 + strspn(name + 13, " ");
        id_length = strcspn(id, "\r");
      }
      if (!strncasecmp(name, "transfer-encoding:", 18)) {
        answer(c, "411 Length Required", "application/json", "{}", 2);
        c->closing = 1;
        return;
      }
    }
    char *body = end + 4;
    size_t whole = (size_t)(body - c->in) + content;
    if (c->in_length < whole) return;
    char after = c->in[whole];
    c->in[whole] = 0;
    take_request(c, c->in, id, id_length, body);
    c->in[whole] = after;
    memmove(c->in, c->in + whole, c->in_length - whole);
    c->in_length -= whole;
  }
}

static void read_in(struct connection *c) {
  c->in = grow(c->in, &c->in_room, c->in_length + 16385, 1);
  ssize_t length = recv(c->fd, c->in + c->in_length, 16384, 0);
  if (length == 0 || (length < 0 && errno != EAGAIN)) c->closing = 1;
  if (length <= 0) return;
  c->in_length += length;
  read_requests(c);
}

static void flush_out(struct connection *c) {
  ssize_t sent = send(c->fd, c->out + c->out_sent, c->out_length - c->out_sent, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN) c->closing = 1;
    return;
  }
  c->out_sent += sent;
  if (c->out_sent < c->out_length) return;
  c->out_sent = c->out_length = 0;
  await(c, 0);
  if (c->streaming && c->load.mode == FLOOD && !c->place) schedule(c, now());
}

static void close_connection(struct connection *c) {
  unschedule(c);
  close(c->fd);
  free(c->in);
  free(c->out);
  free(c);
}

static void accept_all(int listener) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = calloc(1, sizeof *c);
    c->fd = fd;
    struct epoll_event event = {EPOLLIN, {.ptr = c}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
}

int main(int count, char **options) {
  for (int i = 1; i < count; i++)
    if (!take_option(&defaults, options[i])) {
      fprintf(stderr, "no such option: %s\n", options[i]);
      return 2;
    }
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  prctl(PR_SET_TIMERSLACK, 1);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  began = now();
  struct sockaddr_in address = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
  socklen_t length = sizeof address;
  int on = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) {
    perror("listen");
    return 1;
  }
  getsockname(listener, (struct sockaddr *)&address, &length);
  epoll = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {EPOLLIN, {.ptr = NULL}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    static struct epoll_event events[256];
    struct timespec wait, *until = NULL;
    if (heap_length) {
      int64_t left = heap[1]->due - now();
      if (left < 0) left = 0;
      wait = (struct timespec){left / 1000000, left % 1000000 * 1000};
      until = &wait;
    }
    int ready = epoll_pwait2(epoll, events, 256, until, NULL);
    if (ready < 0 && errno != EINTR) {
      perror("epoll_pwait2");
      return 1;
    }
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      if (!c) {
        accept_all(listener);
        continue;
      }
      if (events[i].events & EPOLLOUT) flush_out(c);
      if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_in(c);
      if (c->closing) close_connection(c);
    }
    /* What is due now and no more, so that a flood leaves turns to its readers. */
    int64_t at = now();
    for (size_t turns = heap_length; turns && heap_length && heap[1]->due <= at; turns--) {
      struct connection *c = heap[1];
      send_tokens(c, now());
      if (c->closing) close_connection(c);
    }
  }
}
