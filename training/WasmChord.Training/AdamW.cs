using TorchSharp;
using static TorchSharp.torch;

namespace WasmChord.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019). Decay
/// applies to matrices, not to norms. Gradients are scaled down together where their norm exceeds 1.
/// </summary>
internal sealed class AdamW
{
    private const double FirstDecay = 0.9, SecondDecay = 0.98, Tiny = 1e-8, WeightDecay = 0.1, LargestNorm = 1.0;
    private readonly IReadOnlyDictionary<string, Tensor> _parameters;
    private readonly Dictionary<string, Tensor> _first = [], _second = [];

    public AdamW(IReadOnlyDictionary<string, Tensor> parameters)
    {
        _parameters = parameters;
        foreach ((string name, Tensor parameter) in parameters)
        {
            _first.Add(name, zeros_like(parameter));
            _second.Add(name, zeros_like(parameter));
        }
    }

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Running means of gradients and of their squares, by parameter: what a checkpoint must hold.</summary>
    public IEnumerable<(string Name, Tensor State)> State =>
        _first.Select(pair => ($"first.{pair.Key}", pair.Value)).Concat(_second.Select(pair => ($"second.{pair.Key}", pair.Value)));

    /// <summary>Moves the parameters against their gradients, which it clears.</summary>
    public void Step(double rate)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Steps++;
        double norm = Math.Sqrt(_parameters.Values.Sum(p => (double)p.grad!.square().sum().item<float>()));
        double scale = norm > LargestNorm ? LargestNorm / norm : 1;
        double firstCorrection = 1 - Math.Pow(FirstDecay, Steps), secondCorrection = 1 - Math.Pow(SecondDecay, Steps);
        foreach ((string name, Tensor parameter) in _parameters)
        {
            Tensor gradient = parameter.grad! * scale;
            _first[name].mul_(FirstDecay).add_(gradient, 1 - FirstDecay);
            _second[name].mul_(SecondDecay).addcmul_(gradient, gradient, 1 - SecondDecay);
            if (parameter.dim() > 1) parameter.mul_(1 - rate * WeightDecay);
            Tensor denominator = (_second[name] / secondCorrection).sqrt_().add_(Tiny);
            parameter.addcdiv_(_first[name], denominator, -rate / firstCorrection);
            parameter.grad!.zero_();
        }
    }
}
