// C11 threads over POSIX threads, for the thread sanitizer, which knows only
// these: a thread that librdkafka starts by thrd_create would run without its
// bookkeeping and crash, and what its mutexes order would look like a race.
// In glibc both kinds are the same objects.
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>
#include <memory>

namespace {

struct Begun {
  thrd_start_t function;
  void* argument;
};

void* Run(void* argument) {
  const std::unique_ptr<Begun> begun(static_cast<Begun*>(argument));
  return reinterpret_cast<void*>(
      static_cast<intptr_t>(begun->function(begun->argument)));
}

int Told(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case ENOMEM:
      return thrd_nomem;
    case ETIMEDOUT:
      return thrd_timedout;
    case EBUSY:
      return thrd_busy;
    default:
      return thrd_error;
  }
}

pthread_mutex_t* Mutex(mtx_t* mutex) {
  static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t));
  return reinterpret_cast<pthread_mutex_t*>(mutex);
}

pthread_cond_t* Condition(cnd_t* condition) {
  static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t));
  return reinterpret_cast<pthread_cond_t*>(condition);
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
  auto begun = std::make_unique<Begun>(Begun{function, argument});
  const int error = pthread_create(thread, nullptr, Run, begun.get());
  if (error == 0) begun.release();
  return Told(error);
}

int thrd_join(thrd_t thread, int* result) {
  void* returned = nullptr;
  const int error = pthread_join(thread, &returned);
  if (error == 0 && result != nullptr) {
    *result = static_cast<int>(reinterpret_cast<intptr_t>(returned));
  }
  return Told(error);
}

// As if it had always been there: librdkafka may hand what it made to another
// thread in a way that the sanitizer, which does not see its code, misses; the
// first lock there would look like a race with this.
__attribute__((no_sanitize("thread"))) int mtx_init(mtx_t* mutex, int type) {
  static constexpr pthread_mutex_t kPlain = PTHREAD_MUTEX_INITIALIZER;
  static constexpr pthread_mutex_t kRecursive =
      PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
  *Mutex(mutex) = (type & mtx_recursive) != 0 ? kRecursive : kPlain;
  return thrd_success;
}
int mtx_lock(mtx_t* mutex) { return Told(pthread_mutex_lock(Mutex(mutex))); }
int mtx_trylock(mtx_t* mutex) {
  return Told(pthread_mutex_trylock(Mutex(mutex)));
}
int mtx_unlock(mtx_t* mutex) {
  return Told(pthread_mutex_unlock(Mutex(mutex)));
}
void mtx_destroy(mtx_t* mutex) { pthread_mutex_destroy(Mutex(mutex)); }

int cnd_init(cnd_t* condition) {
  return Told(pthread_cond_init(Condition(condition), nullptr));
}
int cnd_signal(cnd_t* condition) {
  return Told(pthread_cond_signal(Condition(condition)));
}
int cnd_broadcast(cnd_t* condition) {
  return Told(pthread_cond_broadcast(Condition(condition)));
}
int cnd_wait(cnd_t* condition, mtx_t* mutex) {
  return Told(pthread_cond_wait(Condition(condition), Mutex(mutex)));
}
int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* until) {
  return Told(
      pthread_cond_timedwait(Condition(condition), Mutex(mutex), until));
}
void cnd_destroy(cnd_t* condition) {
  pthread_cond_destroy(Condition(condition));
}

}  // extern "C"
