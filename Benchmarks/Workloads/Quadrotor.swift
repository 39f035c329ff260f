import GradC

/// A rigid body with four propellers: position, velocity, Euler angles and angular velocity, moved by a thrust per mass and
/// three torques.
private enum Quadrotor {
  /// Moments of inertia.
  static let (jx, jy, jz) = (0.01, 0.01, 0.02)
  static let gravity = 9.81

  /// The time derivative of the twelve numbers.
  static func derivative(_ s: [Tensor], _ u: [Tensor]) -> [Tensor] {
    let (roll, pitch, yaw, p, q, r) = (s[6], s[7], s[8], s[9], s[10], s[11])
    let (sr, cr, sp, cp, sy, cy) = (sin(roll), cos(roll), sin(pitch), cos(pitch), sin(yaw), cos(yaw))
    let across: Tensor = sr * q + cr * r
    return [
      s[3], s[4], s[5],
      u[0] * (cr * sp * cy + sr * sy), u[0] * (cr * sp * sy - sr * cy), u[0] * cr * cp - gravity,
      p + tan(pitch) * across, cr * q - sr * r, across / cp,
      ((jy - jz) * q * r + u[1]) / jx, ((jz - jx) * p * r + u[2]) / jy, ((jx - jy) * p * q + u[3]) / jz,
    ]
  }

  /// A step of the classical method of Runge and Kutta.
  static func step(_ s: [Tensor], _ u: [Tensor]) -> [Tensor] {
    let h = 0.05
    func moved(_ k: [Tensor], _ h: Double) -> [Tensor] { zip(s, k).map { $0 + h * $1 } }
    let k1 = derivative(s, u)
    let k2 = derivative(moved(k1, h / 2), u)
    let k3 = derivative(moved(k2, h / 2), u)
    let k4 = derivative(moved(k3, h), u)
    return s.indices.map { s[$0] + (h / 6) * (k1[$0] + 2 * k2[$0] + 2 * k3[$0] + k4[$0]) }
  }

  /// The state after steps with controls of their own, from both in one vector.
  static func trajectory(_ z: Tensor, steps: Int, asLoop: Bool) -> Tensor {
    let initial = (0..<12).map { z[$0] }
    if asLoop {
      let last = scan(initial, over: z[12...].reshaped(to: [steps, 4])) { s, u in
        (step(s, (0..<4).map { u[$0] }), [Tensor]())
      }
      return stack(last.carry)
    }
    return stack((0..<steps).reduce(initial) { s, i in step(s, (0..<4).map { z[12 + 4 * i + $0] }) })
  }
}

extension Workload {
  /// W10: the Jacobian of a quadrotor's state after 20 steps, by its first state and all controls, in every way: the first
  /// is the workload, the others are its variants.
  static func quadrotors(steps: Int = 20) -> [Workload] {
    [
      quadrotor("", steps, asLoop: true, .automatic), quadrotor("/scan_forward", steps, asLoop: true, .forward),
      quadrotor("/unrolled_forward", steps, asLoop: false, .forward),
      quadrotor("/unrolled_reverse", steps, asLoop: false, .reverse),
    ]
  }

  private static func quadrotor(_ suffix: String, _ steps: Int, asLoop: Bool, _ mode: JacobianMode) -> Workload {
    @Sendable func f() throws -> TracedFunction<Tensor, Tensor> {
      try trace("quadrotor", .input("z", .f64, [12 + 4 * steps])) { z in
        Quadrotor.trajectory(z, steps: steps, asLoop: asLoop)
      }
    }
    return Workload(
      "W10" + suffix,
      "Jacobian of \(steps) Runge-Kutta steps of a quadrotor, \(asLoop ? "a scan" : "unrolled"), \(mode) mode, f64",
      .jacobian,
      inputs: [
        Input(["x0", "u"]) { generator, count in
          let state = (0..<12).map { (place: Int) -> Double in
            [0.5, 0.5, 0.2, 0.3][place / 3] * generator.normal()
          }
          return state
            + (12..<count).map { place in
              place % 4 == 0 ? 9.81 + 0.3 * generator.normal() : 0.01 * generator.normal()
            }
        }
      ], results: ["J"], function: { try f().graph },
      compile: { try f().jacobian(mode: mode).compile().graph })
  }
}
