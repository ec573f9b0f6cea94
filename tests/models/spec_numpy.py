"""The spec's equations in float64 NumPy, as docs/spec-errata.md puts them right: the witness.

Nothing here is taken from PyTorch. Every layer is a pair, forward and backward, written by hand:
`d_` before a name is the gradient of the batch's mean cost with respect to it. Arrays are
(batch, n) or (batch, channel, height, width).
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
Parameters = dict[str, Array]  # the Theta of eq. 16, by name

KERNEL = 3
POOL = 3


# --- layers (section 1.3) -------------------------------------------------------------------------


def dense(x: Array, weight: Array, bias: Array) -> Array:
    """Eqs. 4 and 8: z = W x + b, for every row x of the batch; W is (n, m)."""
    return x @ weight.T + bias


def dense_backward(d_z: Array, x: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Algorithm 2: dx = W^T dz, dW = sum over the batch of the outer product dz x^T, db = dz."""
    d_weight = np.zeros_like(weight)
    for row_d_z, row_x in zip(d_z, x, strict=True):
        d_weight += np.outer(row_d_z, row_x)
    return d_z @ weight, d_weight, d_z.sum(axis=0)


def convolve(x: Array, weight: Array, bias: Array) -> Array:
    """Eq. 12: z_k(i, j) = sum_c sum_u sum_v x_c(i + u, j + v) W_kc(u, v) + b_k; size by eq. 11."""
    m, n = weight.shape[2:]
    height, width = x.shape[2] - m + 1, x.shape[3] - n + 1
    z = np.zeros((x.shape[0], weight.shape[0], height, width))
    for u in range(m):
        for v in range(n):
            shifted = x[:, :, u : u + height, v : v + width]
            z += np.einsum("kc,bcij->bkij", weight[:, :, u, v], shifted, optimize=True)
    return z + bias[:, None, None]


def convolve_backward(d_z: Array, x: Array, weight: Array) -> tuple[Array, Array, Array]:
    """The chain rule on eq. 12: each (u, v) term passes its gradient to x and to W."""
    m, n = weight.shape[2:]
    height, width = d_z.shape[2:]
    d_x, d_weight = np.zeros_like(x), np.zeros_like(weight)
    for u in range(m):
        for v in range(n):
            window = (slice(None), slice(None), slice(u, u + height), slice(v, v + width))
            d_x[window] += np.einsum("kc,bkij->bcij", weight[:, :, u, v], d_z, optimize=True)
            d_weight[:, :, u, v] = np.einsum("bkij,bcij->kc", d_z, x[window], optimize=True)
    return d_x, d_weight, d_z.sum(axis=(0, 2, 3))


def _pool_windows(x: Array) -> Array:
    """(batch, channel, i, j, 9): the pixels of the POOL x POOL window (i, j), stride POOL."""
    height, width = x.shape[2] // POOL, x.shape[3] // POOL  # a remainder at the edge is left out
    pixels = [
        x[:, :, u : POOL * height : POOL, v : POOL * width : POOL]
        for u in range(POOL)
        for v in range(POOL)
    ]
    return np.stack(pixels, axis=-1)


def max_pool(x: Array) -> Array:
    """Section 1.3.3: the maximum of every window."""
    return _pool_windows(x).max(axis=-1)


def max_pool_backward(d_y: Array, x: Array) -> Array:
    """Only the largest pixel of a window (the first of equals) moves the output."""
    largest = _pool_windows(x).argmax(axis=-1)
    height, width = d_y.shape[2:]
    d_x = np.zeros_like(x)
    for pixel in range(POOL * POOL):
        u, v = divmod(pixel, POOL)
        d_x[:, :, u : POOL * height : POOL, v : POOL * width : POOL] = d_y * (largest == pixel)
    return d_x


def flatten(x: Array) -> Array:
    """Eq. 13, one column per clip; channel first, as PyTorch lays it out."""
    return x.reshape(x.shape[0], -1)


# --- activations and cost (sections 1.4 and 1.5.1) ------------------------------------------------


def relu(z: Array) -> Array:
    """Eq. 14."""
    return np.where(z > 0, z, 0.0)


def relu_backward(d_x: Array, z: Array) -> Array:
    """d max(0, z) / dz is 1 above zero and 0 elsewhere, zero itself included."""
    return np.where(z > 0, d_x, 0.0)


def softmax(z: Array) -> Array:
    """Eq. 15 along each row."""
    exponential = np.exp(z)
    return exponential / exponential.sum(axis=1, keepdims=True)


def cross_entropy(prediction: Array, labels: Labels) -> float:
    """Eq. 17 with y (one-hot) and y* in their places: batch mean of - sum_i y_i ln(y*_i)."""
    y = np.eye(prediction.shape[1])[labels]
    return float(-(y * np.log(prediction)).sum(axis=1).mean())


def softmax_cross_entropy_backward(prediction: Array, labels: Labels) -> Array:
    """Through the softmax's Jacobian diag(y*) - y* y*^T, with dJ/dy*_i = - y_i / y*_i."""
    y = np.eye(prediction.shape[1])[labels]
    d_z = np.zeros_like(prediction)
    for row, y_star in enumerate(prediction):
        jacobian = np.diag(y_star) - np.outer(y_star, y_star)
        d_z[row] = jacobian @ (-y[row] / y_star) / len(prediction)
    return d_z


# --- the two-branch network (section 1.6) ---------------------------------------------------------

GROUPS = [f"spectrogram_branch.groups.{group}" for group in range(3)]
SPECTROGRAM_DENSE = ["spectrogram_branch.dense.0", "spectrogram_branch.dense.2"]
PERCEPTRON_DENSE = ["perceptron_branch.dense.0", "perceptron_branch.dense.2"]


class TwoBranch:
    """Algorithms 1 and 2 for two branches; the values of the forward pass are kept by layer."""

    def __init__(self, theta: Parameters, mean: Array, std: Array) -> None:
        self.theta, self.mean, self.std = theta, mean, std
        self.inputs: dict[str, Array] = {}  # x^(l-1)
        self.z: dict[str, Array] = {}  # z^(l), before the ReLU
        self.gradient: Parameters = {}

    def _linear_relu(self, layer: str, x: Array) -> Array:
        weight, bias = self.theta[f"{layer}.weight"], self.theta[f"{layer}.bias"]
        self.inputs[layer] = x
        self.z[layer] = (convolve if weight.ndim == 4 else dense)(x, weight, bias)
        return relu(self.z[layer])

    def _linear_relu_backward(self, layer: str, d_x: Array) -> Array:
        weight = self.theta[f"{layer}.weight"]
        backward = convolve_backward if weight.ndim == 4 else dense_backward
        d_previous, d_weight, d_bias = backward(
            relu_backward(d_x, self.z[layer]), self.inputs[layer], weight
        )
        self.gradient |= {f"{layer}.weight": d_weight, f"{layer}.bias": d_bias}
        return d_previous

    def logits(self, spectrogram: Array, features: Array) -> Array:
        """Algorithm 1, in the spec's order: convolution, ReLU, convolution, ReLU, pooling."""
        maps = spectrogram
        for group in GROUPS:
            maps = self._linear_relu(f"{group}.convolution_1", maps)
            maps = self._linear_relu(f"{group}.convolution_2", maps)
            self.inputs[f"{group}.pool"] = maps
            maps = max_pool(maps)
        self.inputs["flatten"] = maps
        left = flatten(maps)
        for layer in SPECTROGRAM_DENSE:
            left = self._linear_relu(layer, left)
        right = (features - self.mean) / self.std
        for layer in PERCEPTRON_DENSE:
            right = self._linear_relu(layer, right)
        self.inputs["output"] = np.concatenate([left, right], axis=1)  # section 1.6.3
        return dense(self.inputs["output"], self.theta["output.weight"], self.theta["output.bias"])

    def cost_and_gradient(
        self, spectrogram: Array, features: Array, labels: Labels
    ) -> tuple[float, Parameters]:
        """Algorithm 2: the mean cost of the batch and its gradient by parameter."""
        prediction = softmax(self.logits(spectrogram, features))
        d_logits = softmax_cross_entropy_backward(prediction, labels)
        d_joint, d_weight, d_bias = dense_backward(
            d_logits, self.inputs["output"], self.theta["output.weight"]
        )
        self.gradient = {"output.weight": d_weight, "output.bias": d_bias}
        d_left, d_right = np.split(d_joint, 2, axis=1)
        for layer in reversed(PERCEPTRON_DENSE):
            d_right = self._linear_relu_backward(layer, d_right)
        for layer in reversed(SPECTROGRAM_DENSE):
            d_left = self._linear_relu_backward(layer, d_left)
        d_maps = d_left.reshape(self.inputs["flatten"].shape)
        for group in reversed(GROUPS):
            d_maps = max_pool_backward(d_maps, self.inputs[f"{group}.pool"])
            d_maps = self._linear_relu_backward(f"{group}.convolution_2", d_maps)
            d_maps = self._linear_relu_backward(f"{group}.convolution_1", d_maps)
        return cross_entropy(prediction, labels), self.gradient


# --- the optimiser (section 1.5.3) ----------------------------------------------------------------


class Adam:
    """Algorithm 3 put right; `delta_in_root` gives the step as eq. 20 prints it."""

    def __init__(self, *, alpha: float = 1e-3, delta: float = 1e-7, delta_in_root: bool = False):
        self.alpha, self.delta, self.delta_in_root = alpha, delta, delta_in_root
        self.rho_1, self.rho_2 = 0.9, 0.999
        self.s: Parameters = {}
        self.r: Parameters = {}
        self.t = 0

    def step(self, theta: Parameters, gradient: Parameters) -> Parameters:
        """Return the parameters after one more step."""
        self.t += 1  # from 1: at 0 both corrections would divide by zero
        updated = {}
        for name, g in gradient.items():
            s = self.rho_1 * self.s.get(name, np.zeros_like(g)) + (1 - self.rho_1) * g
            r = self.rho_2 * self.r.get(name, np.zeros_like(g)) + (1 - self.rho_2) * g * g
            self.s[name], self.r[name] = s, r
            s_corrected = s / (1 - self.rho_1**self.t)
            r_corrected = r / (1 - self.rho_2**self.t)
            if self.delta_in_root:
                denominator = np.sqrt(r_corrected + self.delta)
            else:
                denominator = np.sqrt(r_corrected) + self.delta
            updated[name] = theta[name] - self.alpha * s_corrected / denominator
        return updated
