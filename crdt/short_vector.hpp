#pragma once

// ShortVector<T, n>: a vector whose first n elements take no allocation. For lists that nearly
// always have one or two elements, and of which an entry's way through a replica makes dozens.
//
// As std::vector, but that a move of up to n elements moves each of them, so pointers to them do
// not survive it. Requires that moving a T throws nothing.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace rejoin {

template <class T, std::size_t n>
class ShortVector {
 public:
  static_assert(n > 0 && std::is_nothrow_move_constructible_v<T>);

  ShortVector() noexcept {}  // few_ is storage: it is not written
  ShortVector(const ShortVector& other) { copy(other); }
  ShortVector(ShortVector&& other) noexcept { take(other); }
  ShortVector& operator=(const ShortVector& other) {
    if (this == &other) return *this;
    if (other.size_ <= size_) {
      // Elements keep what they allocated themselves.
      T* const end = std::copy(other.begin(), other.end(), begin());
      shrink_to(static_cast<std::size_t>(end - begin()));
    } else {
      clear();
      copy(other);
    }
    return *this;
  }
  ShortVector& operator=(ShortVector&& other) noexcept {
    if (this == &other) return *this;
    release();
    take(other);
    return *this;
  }
  ~ShortVector() { release(); }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T* begin() const { return first_; }
  const T* end() const { return first_ + size_; }
  T* begin() { return first_; }
  T* end() { return first_ + size_; }
  const T& operator[](std::size_t i) const { return first_[i]; }
  T& operator[](std::size_t i) { return first_[i]; }

  void reserve(std::size_t count) {
    if (count > capacity_) grow(count);
  }
  // The values must not be of this vector.
  template <class... Values>
  T& emplace_back(Values&&... values) {
    if (size_ == capacity_) grow(2 * capacity_);
    return *std::construct_at(first_ + size_++, std::forward<Values>(values)...);
  }
  void push_back(T value) { emplace_back(std::move(value)); }
  // New elements are T(), of numbers 0.
  void resize(std::size_t count) {
    if (count <= size_) return shrink_to(count);
    reserve(count);
    std::uninitialized_value_construct(end(), begin() + count);
    size_ = count;
  }
  void clear() { shrink_to(0); }

 private:
  T* few() { return reinterpret_cast<T*>(few_); }
  bool is_allocated() const { return first_ != reinterpret_cast<const T*>(few_); }

  void grow(std::size_t capacity) {
    T* const more = std::allocator<T>().allocate(capacity);
    std::uninitialized_move(begin(), end(), more);
    const std::size_t size = size_;
    release();
    first_ = more;
    size_ = size;
    capacity_ = capacity;
  }
  void shrink_to(std::size_t count) {
    std::destroy(begin() + count, end());
    size_ = count;
  }
  // Empty, and without an allocation.
  void release() {
    clear();
    if (!is_allocated()) return;
    std::allocator<T>().deallocate(first_, capacity_);
    first_ = few();
    capacity_ = n;
  }
  // Requires: empty.
  void copy(const ShortVector& other) {
    reserve(other.size_);
    std::uninitialized_copy(other.begin(), other.end(), begin());
    size_ = other.size_;
  }
  // Requires: empty, and without an allocation.
  void take(ShortVector& other) {
    if (!other.is_allocated()) {
      std::uninitialized_move(other.begin(), other.end(), few());
      size_ = other.size_;
      other.clear();
    } else {
      first_ = std::exchange(other.first_, other.few());
      size_ = std::exchange(other.size_, 0);
      capacity_ = std::exchange(other.capacity_, n);
    }
  }

  T* first_ = few();  // of few_, or of what was allocated once they were too many
  std::size_t size_ = 0;
  std::size_t capacity_ = n;
  alignas(T) std::byte few_[n * sizeof(T)];
};

}  // namespace rejoin
